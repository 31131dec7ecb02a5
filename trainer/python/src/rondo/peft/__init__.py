"""A trainer for Hugging Face directories with PyTorch, transformers and PEFT: the extra ``[peft]``."""
