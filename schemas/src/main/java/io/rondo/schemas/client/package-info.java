/**
 * Connects to a Kafka cluster and a registry, and reads the log. All readers are plain consumers with assigned
 * partitions and offsets: none joins a group or commits. Each class says which thread may use it.
 */
package io.rondo.schemas.client;
