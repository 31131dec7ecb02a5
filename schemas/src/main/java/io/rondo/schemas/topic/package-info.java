/**
 * Defines the names, partitions, configurations and records of Rondo's topics, and creates them. Topics are immutable
 * values; the creator uses the admin client that it is given.
 */
package io.rondo.schemas.topic;
