/** Named points of a round at which tests let a trainer end as by SIGKILL. Called on the trainer's thread. */
package io.rondo.trainer.runtime.crash;
