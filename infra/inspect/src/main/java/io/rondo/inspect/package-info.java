/** Views over a job's log, their pages and their commands. A command's thread uses it. */
package io.rondo.inspect;
