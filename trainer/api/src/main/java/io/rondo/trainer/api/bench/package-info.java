/** What a trainer plug-in implements to be measured by {@code rondo bench trainer}. Used by one thread. */
package io.rondo.trainer.api.bench;
