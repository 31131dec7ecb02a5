/** Sending an update: its chunks, their acknowledgements, and the manifest that commits them. The trainer's thread runs it. */
package io.rondo.trainer.runtime.upload;
