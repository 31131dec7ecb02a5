/** The index of a job in memory, built from its decisions. {@link io.rondo.page.index.JobIndex} is safe for any thread. */
package io.rondo.page.index;
