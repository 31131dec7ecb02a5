package io.rondo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** No command that takes a cluster shows a password, whatever form of address or file it was in. */
class SecretsInOutputTest {
    /** Stands for a password, and for the part of one that a wrong reading leaves over. */
    private static final String MARK = "marked77";

    private static final List<String> PASSWORDS = List.of(
            MARK,
            "p@" + MARK,
            MARK + "@x",
            "p/" + MARK,
            MARK + "/x",
            "p:" + MARK,
            "p#" + MARK,
            MARK + "#",
            "p?" + MARK,
            "p%" + MARK,
            "p," + MARK,
            MARK + ",x",
            "p " + MARK,
            "p\\" + MARK,
            "[" + MARK + "]",
            "%40" + MARK,
            "ü" + MARK);

    private static final int TURNS = 2;

    @TempDir
    private Path directory;

    private int next;
    private List<List<String>> commands = List.of();

    private Path jobFile;

    @BeforeEach
    void writeAJobFile() throws Exception {
        jobFile = directory.resolve("job.yaml");
        assertThat(run("job", "init", "--set", "name=j", jobFile.toString())).doesNotContain("error");
    }

    @Test
    void shouldShowNoPasswordOfARegistrysAddress() {
        for (String password : PASSWORDS) {
            for (String address : List.of(
                    "http://me:" + password + "@127.0.0.1:1",
                    "https://me:" + password + "@my_registry:1/x",
                    "http://a:1,http://me:" + password + "@127.0.0.1:1",
                    "http://me:" + password + "@127.0.0.1:1,http://you:" + password + "@b_b:1",
                    "me:" + password + "@127.0.0.1:1")) {
                assertSilent("--schema-registry", address);
            }
        }
    }

    @Test
    void shouldShowNoPasswordOfAFile() throws Exception {
        int number = 0;
        for (String lines : List.of(
                "security.protocol=SASL_PLAINTEXT\n"
                        + "sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required"
                        + " username=\"u\" password=\"" + MARK + "\"",
                "security.protocol=SASL_SSL\nsasl.jaas.config=Plain required password=" + MARK + ";",
                "sasl.jaas.config=" + MARK,
                "ssl.truststore.location=/nowhere\nssl.truststore.password=" + MARK,
                "security.protocol=SSL\nssl.keystore.type=PEM\nssl.keystore.key=" + MARK,
                "security.protocol=SSL\nssl.truststore.type=PEM\nssl.truststore.certificates=x\nssl.key.password="
                        + MARK,
                "sasl.username=u\nsasl.password=" + MARK,
                "basic.auth.credentials.source=SASL\nbasic.auth.user.info=me:" + MARK,
                "bearer.auth.token=" + MARK + "\nmax.retries=x",
                "schema.registry.ssl.truststore.location=/nowhere\nschema.registry.ssl.truststore.password=" + MARK,
                "schema.registry.ssl.keystore.type=PEM\nschema.registry.ssl.keystore.key=" + MARK,
                "schema.registry.ssl.protocol=" + "x\nschema.registry.ssl.key.password=" + MARK,
                "ssl.endpoint.identification.algorithm=\nssl.key.password=" + MARK,
                "schema.registry.url=http://me:p/" + MARK + "@127.0.0.1:1",
                "schema.registry.url=http://me:" + MARK + "@my_registry:1",
                "ssl.keystore.location=C:\\users\\me\nssl.keystore.password=" + MARK)) {
            Path file = Files.writeString(directory.resolve(number++ + ".properties"), lines);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            assertSilent("--kafka-config", file.toString());
        }
    }

    @Test
    void shouldRefuseAFileThatOthersCanReadAndShowNothingOfIt() throws Exception {
        Path file = Files.writeString(
                directory.resolve("open.properties"), "security.protocol=SSL\nssl.key.password=" + MARK + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(run("job", "list", "--kafka-config", file.toString()))
                .contains("error[bad-config]", "every user of this machine can read it", "chmod")
                .doesNotContain(MARK);

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(run("job", "list", "--kafka-config", file.toString())).doesNotContain("every user");
    }

    /** What failures leave behind: files, their names, and the command lines of processes. */
    @Test
    void shouldLeaveNoPasswordInFilesNamesOrProcesses() throws Exception {
        Path file = Files.writeString(
                directory.resolve("marked.properties"),
                "security.protocol=SASL_PLAINTEXT\n"
                        + "sasl.mechanism=PLAIN\n"
                        + "sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required"
                        + " username=\"u\" password=\"" + MARK + "\";\n"
                        + "schema.registry.url=http://me:" + MARK + "@127.0.0.1:1\nmax.retries=0\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        Set<Path> before = listed(temporary);

        for (List<String> command : commands("--kafka-config")) {
            List<String> arguments = new ArrayList<>(command);
            arguments.addAll(List.of("--kafka-config", file.toString()));
            if (takesBootstrap(command)) {
                arguments.addAll(List.of("--bootstrap-servers", "no-address"));
            }
            assertThat(run(arguments.toArray(String[]::new)))
                    .as(command.toString())
                    .contains("error")
                    .doesNotContain(MARK);
            assertThat(ProcessHandle.current()
                            .children()
                            .map(child -> child.info().commandLine().orElse("")))
                    .noneMatch(line -> line.contains(MARK));
        }

        Set<Path> left = listed(temporary);
        left.removeAll(before);
        for (Path path : left) {
            assertThat(path.toString()).doesNotContain(MARK);
            assertThat(contents(path)).as(path.toString()).doesNotContain(MARK);
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.filter(other -> !other.equals(file)).toList()) {
                assertThat(path.toString()).doesNotContain(MARK);
                assertThat(contents(path)).as(path.toString()).doesNotContain(MARK);
            }
        }
    }

    private static boolean takesBootstrap(List<String> command) {
        CommandLine line = Commands.line(Commands.installed());
        for (String word : command) {
            CommandLine sub = line.getSubcommands().get(word);
            if (sub == null) {
                break;
            }
            line = sub;
        }
        return line.getCommandSpec().findOption("--bootstrap-servers") != null;
    }

    private static Set<Path> listed(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.collect(Collectors.toCollection(HashSet::new));
        }
    }

    private static String contents(Path file) throws IOException {
        try {
            return Files.isRegularFile(file) && Files.isReadable(file) && Files.size(file) < 1 << 20
                    ? new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                    : "";
        } catch (NoSuchFileException e) {
            // of another process, which has just deleted it
            return "";
        }
    }

    /** One command after the other takes its turn: to try every form with each of them would take minutes. */
    private void assertSilent(String option, String value) {
        List<List<String>> commands = commands(option);
        assertThat(commands).hasSizeGreaterThan(10);
        for (int turn = 0; turn < TURNS; turn++) {
            List<String> command = commands.get(next++ % commands.size());
            List<String> arguments = new ArrayList<>(command);
            arguments.addAll(List.of(option, value, "--bootstrap-servers", "no-address"));
            assertThat(run(arguments.toArray(String[]::new)))
                    .as(command + " " + value)
                    .contains("error")
                    .doesNotContain(MARK);
        }
        if (value.contains("://") && !value.contains(" ")) {
            // a slip of the pen
            assertThat(run("job", "list", option + "y=" + value)).as(value).doesNotContain(MARK);
        }
    }

    private String run(String... arguments) {
        StringWriter text = new StringWriter();
        PrintWriter writer = new PrintWriter(text, true);
        Main.run(writer, writer, arguments);
        return text.toString();
    }

    /** Every command with the option, with something for whatever else it requires, and a place for what it would keep. */
    private List<List<String>> commands(String option) {
        if (commands.isEmpty()) {
            commands = new ArrayList<>();
            collect(List.of(), Commands.line(Commands.installed()), option, commands);
        }
        return commands;
    }

    private void collect(List<String> path, CommandLine command, String option, List<List<String>> found) {
        command.getSubcommands().forEach((name, sub) -> {
            List<String> here = Stream.concat(path.stream(), Stream.of(name)).toList();
            if (sub.getSubcommands().isEmpty() && sub.getCommandSpec().findOption(option) != null) {
                List<String> words = new ArrayList<>(here);
                for (ArgSpec argument : sub.getCommandSpec().args()) {
                    if (argument instanceof OptionSpec wanted
                            && (argument.required() || wanted.longestName().equals("--state-dir"))) {
                        words.addAll(List.of(wanted.longestName(), something(argument)));
                    } else if (argument.isPositional() && (argument.required() || name.equals("submit"))) {
                        words.add(name.equals("submit") ? jobFile.toString() : something(argument));
                    }
                }
                found.add(words);
            } else {
                collect(here, sub, option, found);
            }
        });
    }

    private String something(ArgSpec argument) {
        return argument.type() == Path.class || argument.typeInfo().isCollection()
                ? directory.toString()
                : argument.type() == String.class ? "x" : "1";
    }
}
