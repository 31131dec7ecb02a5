package io.rondo.trainer.runtime.follow;

import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;

/** What a trainer does next. */
public sealed interface FollowerStep {

    /** For exhaustive dispatch. */
    enum Kind {
        SYNCHRONISE,
        TRAIN,
        SEND,
        WAIT,
        FINISH,
        FAIL
    }

    Kind kind();

    /** Load this round's global adapter. */
    record Synchronise(RoundPublished published) implements FollowerStep {
        @Override
        public Kind kind() {
            return Kind.SYNCHRONISE;
        }
    }

    /** Train this round and send the update. */
    record Train(RoundOpened round) implements FollowerStep {
        @Override
        public Kind kind() {
            return Kind.TRAIN;
        }
    }

    /** Send the pending update, which was trained for this round. */
    record Send(RoundOpened round) implements FollowerStep {
        @Override
        public Kind kind() {
            return Kind.SEND;
        }
    }

    /** Nothing to do until another record arrives. */
    record Wait() implements FollowerStep {
        @Override
        public Kind kind() {
            return Kind.WAIT;
        }
    }

    /** The job is finished. */
    record Finish() implements FollowerStep {
        @Override
        public Kind kind() {
            return Kind.FINISH;
        }
    }

    /** The job was aborted. */
    record Fail(String reason) implements FollowerStep {
        @Override
        public Kind kind() {
            return Kind.FAIL;
        }
    }
}
