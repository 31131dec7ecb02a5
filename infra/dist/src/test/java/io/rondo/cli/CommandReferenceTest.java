package io.rondo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CommandReferenceTest {
    private static final Path PAGE = Path.of("../../docs/reference/commands.md");

    @Test
    void shouldDescribeTheCommandsAsTheyAre() throws IOException {
        String page = CommandReference.page(Commands.line(Commands.installed()));
        if (Boolean.getBoolean("rondo.reference.write")) {
            Files.writeString(PAGE, page);
        }

        assertThat(PAGE).content().isEqualTo(page);
    }
}
