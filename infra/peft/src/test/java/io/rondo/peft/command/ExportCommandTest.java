package io.rondo.peft.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.cli.output.Json;
import io.rondo.peft.AdapterChoice;
import io.rondo.peft.ExportedAdapter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the export prints with {@code --json} stays as it was: programs read it. */
class ExportCommandTest {
    @Test
    void shouldPrintItsNamesInTheirOrder() throws Exception {
        ExportedAdapter adapter = new ExportedAdapter(
                Path.of("out"),
                AdapterChoice.ofTrainer("site-a", Path.of("state")),
                7,
                26,
                true,
                "base",
                Optional.empty(),
                List.of("no", "yes"));

        assertThat(Json.MAPPER.writeValueAsString(ExportCommand.json("jobs", adapter)))
                .isEqualTo("{\"job\":\"jobs\",\"round\":7,\"kind\":\"trainer\",\"trainer\":\"site-a\","
                        + "\"out\":\"out\",\"tensors\":26,\"head\":true,\"baseModel\":\"base\",\"taskType\":\"\","
                        + "\"labels\":[\"no\",\"yes\"]}");
    }
}
