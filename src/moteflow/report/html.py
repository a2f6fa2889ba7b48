"""Pages from Jinja templates: self-contained HTML, whatever is put in escaped."""

from typing import Any

import jinja2


def render_template(name: str, **values: Any) -> str:
    """The page of templates/`name`.html.j2; text is escaped unless it is markupsafe.Markup."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("moteflow.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["figure"] = _figure
    return environment.get_template(f"{name}.html.j2").render(values)


def _figure(value: Any) -> str:
    """Accuracies with four decimals, counts with thousands apart, what was not measured a dash."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.4f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
