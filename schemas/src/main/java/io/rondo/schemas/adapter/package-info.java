/**
 * What every process of a job agrees on about its adapter: identifiers, the layout of its tensors, which of them are
 * shared in which round, the flat vector of a round, the initial values, and the reasons for refusing an update. Pure
 * values without Kafka, immutable, safe for any thread.
 */
package io.rondo.schemas.adapter;
