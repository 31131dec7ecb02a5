/**
 * How a process of Rondo reaches a Kafka cluster and a registry, and reads what is in the log. The plain consumer is used
 * throughout, with offsets given: nobody here joins a group or commits. Each class says which thread may use it.
 */
package io.rondo.schemas.client;
