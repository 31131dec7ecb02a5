package io.rondo.cli.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The archive of loaded classes (JEP 350) that halves the start time of every process of the command: a short-lived process
 * mostly loads and verifies classes. The launcher creates it once after a build, by running this class with {@code
 * -XX:ArchiveClassesAtExit}. A JVM ignores an archive that does not match it.
 */
public final class ClassArchive {
    /** The archive's file; set by the launcher, which keeps it in the directory of the jars. */
    private static final String FILE = "rondo.class-archive";

    /** Jars whose classes are mostly used. The others are big, and few of their classes are ever loaded. */
    private static final Pattern WORTH_IT = Pattern.compile(
            "(rondo|kafka|avro|jackson-(core|databind|annotations|dataformat)|snakeyaml|picocli|nd4j|javacpp|log4j|slf4j|api|tokenizers|langchain4j)-.*\\.jar");

    private static final Pattern CLASS = Pattern.compile("(?!META-INF)(.*)(?<!module-info)\\.class");

    private ClassArchive() {}

    /** The argument with which another JVM of the same version and class path maps the archive. */
    static List<String> arguments() {
        return Optional.ofNullable(System.getProperty(FILE))
                .map(file -> List.of("-XX:SharedArchiveFile=" + file))
                .orElse(List.of());
    }

    /** @param args none */
    public static void main(String[] args) throws IOException {
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (WORTH_IT.matcher(Path.of(entry).getFileName().toString()).matches()) {
                load(entry);
            }
        }
    }

    private static void load(String file) throws IOException {
        try (JarFile jar = new JarFile(file)) {
            jar.stream()
                    .map(entry -> CLASS.matcher(entry.getName()))
                    .filter(Matcher::matches)
                    .forEach(name -> load(name.group(1).replace('/', '.'), ClassArchive.class.getClassLoader()));
        }
    }

    private static void load(String name, ClassLoader loader) {
        try {
            Class.forName(name, false, loader);
        } catch (ClassNotFoundException | LinkageError ignored) {
            // An adapter for an absent library: it will not be needed either.
        }
    }
}
