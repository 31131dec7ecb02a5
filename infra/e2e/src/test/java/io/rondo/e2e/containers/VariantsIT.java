package io.rondo.e2e.containers;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files beside compose.yaml. */
@NeedsImages
@Tag("long")
class VariantsIT {
    @Test
    void shouldOutliveEachOfThreeBrokers(@TempDir Path directory) throws Exception {
        try (ComposeStack stack = new ComposeStack(directory, "compose.yaml", "compose.three-brokers.yaml")) {
            stack.start();
            try (PublishedRounds rounds = new PublishedRounds(stack.connection(), ComposeStack.JOB)) {
                rounds.awaitMoreOf(3);
                for (String broker : new String[] {"broker", "broker-2", "broker-3"}) {
                    stack.engine().killMainProcess(broker);

                    rounds.awaitMore(2);
                    stack.await(broker + " is healthy", () -> stack.engine().isHealthy(broker));
                }
                rounds.awaitMoreOf(3);
                stack.awaitHealth();
            }
        }
    }

    @Test
    void shouldRunTrainersInPython(@TempDir Path directory) throws Exception {
        try (ComposeStack stack = new ComposeStack(directory, "compose.yaml", "compose.python-trainer.yaml")) {
            stack.start();
            try (PublishedRounds rounds = new PublishedRounds(stack.connection(), ComposeStack.JOB)) {
                rounds.awaitMoreOf(3);
                stack.awaitHealth();

                stack.engine().killMainProcess("plant");

                stack.await("plant is started again", () -> stack.engine().restarts("plant") > 0);
                rounds.awaitMoreOf(3);
            }
        }
    }
}
