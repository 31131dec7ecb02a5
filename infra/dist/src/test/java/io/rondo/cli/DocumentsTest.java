package io.rondo.cli;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The documents name what is there: links lead somewhere, and the tables of folders and commands are complete. */
class DocumentsTest {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Pattern LINK = Pattern.compile("(?<!!)\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
    private static final Pattern CODE = Pattern.compile("(?s)```.*?```|`[^`\n]*`");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.*)$");
    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

    @Test
    void shouldHaveNoDeadLink() throws IOException {
        List<String> dead = new ArrayList<>();
        for (Path page : pages()) {
            String text = CODE.matcher(Files.readString(page)).replaceAll("");
            for (MatchResult link : LINK.matcher(text).results().toList()) {
                String target = link.group(1);
                if (!target.matches("[a-z]+:.*") && !leadsSomewhere(page, target)) {
                    dead.add(ROOT.relativize(page) + ": " + target);
                }
            }
        }
        assertThat(dead).isEmpty();
    }

    @Test
    void shouldNameEveryModuleAmongTheFolders() throws IOException {
        String table = Files.readString(ROOT.resolve("CONTRIBUTING.md"));

        assertThat(MODULE.matcher(Files.readString(ROOT.resolve("pom.xml"))).results())
                .isNotEmpty()
                .allSatisfy(module -> assertThat(table).contains("`" + module.group(1) + "/`"));
    }

    @Test
    void shouldNameEveryCommandInTheReadme() throws IOException {
        List<String> rows = Files.readAllLines(ROOT.resolve("README.md")).stream()
                .filter(line -> line.startsWith("| `rondo "))
                .toList();

        assertThat(leaves("", Commands.line(Commands.installed())))
                .contains("demo", "job submit", "bench verify")
                .allSatisfy(command -> assertThat(rows).anyMatch(row -> names(row, command)));
    }

    /** Whether a row of the table is about the command: by its full name, or by its last word in a row of its siblings. */
    private static boolean names(String row, String command) {
        int last = command.lastIndexOf(' ') + 1;
        return row.matches(".*`rondo " + command + "[ `].*")
                || (row.startsWith("| `rondo " + command.substring(0, last))
                        && row.matches(".*`" + command.substring(last) + "[ `].*"));
    }

    private static List<String> leaves(String parent, CommandLine command) {
        List<String> names = new ArrayList<>();
        command.getSubcommands().forEach((name, sub) -> {
            if (sub.getSubcommands().isEmpty()) {
                names.add(parent + name);
            } else {
                names.addAll(leaves(parent + name + " ", sub));
            }
        });
        return names;
    }

    private static boolean leadsSomewhere(Path page, String target) throws IOException {
        String[] parts = target.split("#", 2);
        Path file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
        if (!Files.exists(file)) {
            return false;
        }
        return parts.length == 1 || anchors(file).contains(parts[1]);
    }

    private static List<String> anchors(Path page) throws IOException {
        return HEADING.matcher(Files.readString(page))
                .results()
                .map(heading -> anchor(heading.group(1)))
                .toList();
    }

    /** How a heading becomes an anchor: lower case, blanks as hyphens, no punctuation. */
    private static String anchor(String heading) {
        return heading.strip()
                .toLowerCase(Locale.ROOT)
                .codePoints()
                .filter(c -> Character.isLetterOrDigit(c) || c == ' ' || c == '-' || c == '_')
                .mapToObj(c -> c == ' ' ? "-" : Character.toString(c))
                .collect(joining());
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .filter(file ->
                            !ROOT.relativize(file).toString().matches("(.*/)?(target|\\..*|node_modules|venv)(/.*)?"))
                    .toList();
        }
    }
}
