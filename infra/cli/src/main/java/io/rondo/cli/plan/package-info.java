/** What has to be on a cluster before a job, written for the tools that create it. No I/O. */
package io.rondo.cli.plan;
