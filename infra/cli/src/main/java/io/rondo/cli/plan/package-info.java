/** Plans the topics and ACLs of a job, in the formats of the tools that create them. No I/O. */
package io.rondo.cli.plan;
