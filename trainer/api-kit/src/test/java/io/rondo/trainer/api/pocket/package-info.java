/** A trainer for tests: a model of a few hundred values that trains in milliseconds, with the adapters of a large one. */
package io.rondo.trainer.api.pocket;
