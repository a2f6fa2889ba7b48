"""Views through templates to the text of generated files."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from moteflow.codegen.features import features_view
from moteflow.codegen.view import ApplicationView, ModelView
from moteflow.dsp import BlockDescription

MODEL_FILES = ("model.h", "model.c", "model_weights.h", "model_weights.c")
APPLICATION_FILES = ("application.h", "application.c")

ENVIRONMENT = Environment(
    loader=PackageLoader("moteflow.codegen"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,
)


def render(model: ModelView, application: ApplicationView | None) -> dict[str, str]:
    """File name to C source; equal views give equal bytes."""
    files = {
        name.replace("model", model.prefix, 1): ENVIRONMENT.get_template(f"{name}.j2").render(
            model=model
        )
        for name in MODEL_FILES
    }
    if application is not None:
        for name in APPLICATION_FILES:
            template = ENVIRONMENT.get_template(f"{name}.j2")
            files[name] = template.render(application=application, model=model)
    return files


def render_features(block: BlockDescription, symbol: str) -> str:
    """A C source that defines `const mote_features_config_t <symbol>`."""
    template = ENVIRONMENT.get_template("features.c.j2")
    return template.render(features=features_view(block, symbol))
