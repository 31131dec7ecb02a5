/**
 * The Python package beside this command: finding or making an environment with PyTorch and PEFT, and running modules of
 * the package there as processes. One thread runs it.
 */
package io.rondo.cli.python;
