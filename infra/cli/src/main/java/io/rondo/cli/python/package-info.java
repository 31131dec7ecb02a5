/**
 * Finds or creates a Python environment with PyTorch and PEFT, and runs modules of the Python package in it as processes.
 * One thread runs it.
 */
package io.rondo.cli.python;
