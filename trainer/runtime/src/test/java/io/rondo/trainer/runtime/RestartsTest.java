package io.rondo.trainer.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.runtime.state.StateDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trainer that fails each time it is started joins ever less often. */
class RestartsTest {
    @TempDir
    private Path root;

    private final List<String> heard = new ArrayList<>();
    private final TrainerListener listener = new TrainerListener() {
        @Override
        public void pausing(int failures, Duration pause) {
            heard.add(failures + " " + pause.toSeconds());
        }
    };

    @Test
    void shouldWaitLongerAfterEachFailureInARow() {
        assertThat(List.of(0, 1, 2, 3, 4, 8, 9, 1_000))
                .extracting(failures -> Restarts.pauseAfter(failures).toSeconds())
                .containsExactly(0L, 0L, 5L, 10L, 20L, 320L, 600L, 600L);
    }

    @Test
    void shouldCountFailuresThatComeAgainOverProcesses() {
        end(ErrorCode.TRAINER_FAILED);
        assertThat(heard).isEmpty();
        end(ErrorCode.TRAINER_FAILED);
        end(ErrorCode.BROKER_UNREACHABLE);
        end(ErrorCode.JOIN_REFUSED);

        start();

        assertThat(heard).containsExactly("2 5", "2 5", "3 10");
    }

    @Test
    void shouldBeginAnewWhenARoundIsTrained() {
        end(ErrorCode.TRAINER_FAILED);
        end(ErrorCode.TRAINER_FAILED);
        try (StateDirectory directory = StateDirectory.open(root)) {
            directory.succeeded();
        }

        start();

        assertThat(heard).isEmpty();
    }

    private void start() {
        try (StateDirectory directory = StateDirectory.open(root)) {
            Restarts.await(directory, listener, () -> true);
        }
    }

    private void end(ErrorCode code) {
        try (StateDirectory directory = StateDirectory.open(root)) {
            Restarts.await(directory, listener, () -> true);
            Restarts.note(directory, new RondoException(code, "what", "next"));
        }
    }
}
