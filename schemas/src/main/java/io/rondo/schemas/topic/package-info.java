/**
 * The one place where the names, partitions, configurations and records of Rondo's topics are spelled, and their
 * creation. Topics are immutable values; the creator uses the admin client that it is given.
 */
package io.rondo.schemas.topic;
