"""The model becomes int8 and is judged by TFLM's reference kernels."""
