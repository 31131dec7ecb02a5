package io.rondo.e2e.containers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rondo.e2e.CommandLine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The compose file: it comes up, every fault is mended by itself, and it goes on where it was. */
@NeedsImages
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ComposeIT {
    private ComposeStack stack;
    private PublishedRounds rounds;

    @BeforeAll
    void start(@TempDir Path directory) {
        stack = new ComposeStack(directory, "compose.yaml");
        stack.start();
        rounds = new PublishedRounds(stack.connection(), ComposeStack.JOB);
    }

    @AfterAll
    void stop() {
        if (rounds != null) {
            rounds.close();
        }
        stack.close();
    }

    @Test
    @Order(1)
    void shouldPublishRoundsAndBeHealthy() throws Exception {
        rounds.awaitMoreOf(3);

        stack.awaitHealth();
        assertThat(stack.engine().state("submit").getExitCodeLong()).isZero();
    }

    /** The stack's aggregator serves what is submitted later; its round 0 needs nobody else. */
    @Test
    @Order(2)
    void shouldServeASecondJob() throws Exception {
        stack.run("run", "--rm", "--no-deps", "submit", "job", "submit", "/etc/rondo/job.yaml", "--set", "name=second");

        try (PublishedRounds second = new PublishedRounds(stack.connection(), "second")) {
            second.awaitRound(0);
        }
        assertThat(command("job", "list").get("jobs").findValuesAsText("instance"))
                .containsExactly("aggregator-1", "aggregator-1");
        rounds.awaitMoreOf(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"broker", "registry", "aggregator", "plant"})
    @Order(3)
    void shouldGoOnWhenAMainProcessIsKilled(String service) throws Exception {
        int before = stack.engine().restarts(service);

        stack.engine().killMainProcess(service);

        stack.await(service + " is started again", () -> stack.engine().restarts(service) > before);
        stack.await(service + " is healthy", () -> stack.engine().isHealthy(service));
        rounds.awaitMoreOf(3);
    }

    @Test
    @Order(4)
    void shouldGoOnWithoutATrainerThatIsPaused() {
        stack.engine().pause("cinema");
        try {
            rounds.awaitMoreOf(2);
        } finally {
            stack.engine().unpause("cinema");
        }
        rounds.awaitMoreOf(3);
    }

    @Test
    @Order(5)
    void shouldGoOnWithoutATrainerThatIsCutOff() throws Exception {
        stack.engine().disconnect("helpdesk");
        try {
            rounds.awaitMoreOf(2);
            assertThat(stack.engine().state("helpdesk").getRunning()).isTrue();
        } finally {
            stack.engine().connect("helpdesk");
        }
        rounds.awaitMoreOf(3);
    }

    @Test
    @Order(6)
    void shouldSayThatItIsUnhealthyWithoutABroker() throws Exception {
        assertThat(stack.engine().isUnwell("aggregator")).isFalse();

        stack.engine().stop("broker");
        try {
            stack.await("the aggregator is unwell", () -> stack.engine().isUnwell("aggregator"));
        } finally {
            stack.engine().start("broker");
        }

        stack.await("the aggregator is well", () -> !stack.engine().isUnwell("aggregator"));
        rounds.awaitMoreOf(3);
    }

    @Test
    @Order(7)
    void shouldGoOnWithTheNextRoundAfterDownAndUp() throws Exception {
        int before = rounds.last();

        stack.run("down");
        stack.run("up", "-d");
        rounds.awaitMoreOf(3);

        assertThat(rounds.last()).isGreaterThan(before);
        // a log that grows while it is verified shows copies of different lengths
        stack.run("stop", "aggregator");
        assertThat(command("verify", "--job", ComposeStack.JOB).get("differences"))
                .isEmpty();
    }

    private JsonNode command(String... words) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(words));
        arguments.addAll(List.of(
                "--bootstrap-servers",
                stack.connection().bootstrapServers(),
                "--schema-registry",
                stack.connection().schemaRegistry()));
        return CommandLine.run(0, arguments);
    }
}
