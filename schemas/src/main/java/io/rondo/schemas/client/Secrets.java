package io.rondo.schemas.client;

import io.rondo.schemas.serde.RegistryAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The passwords and tokens of a connection, so that no text of another library repeats one. Our own texts hold none in the
 * first place. Immutable; its text form shows nothing.
 */
public final class Secrets {
    /** Stands where a secret stood. */
    public static final String MASK = "***";

    /** A shorter one is part of too many words. */
    private static final int SHORTEST = 3;

    private static final Pattern SECRET_KEY = Pattern.compile(
            ".*(password|passphrase|secret|token$|jaas|user\\.info|credential|keystore\\.key|assertion).*");
    /** A value in a JAAS entry: in quotation marks, or a word. */
    private static final Pattern JAAS_VALUE =
            Pattern.compile("(\\w+)\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"?|([^\\s;\"]+))");

    private static final Pattern ADDRESS = Pattern.compile("([A-Za-z][A-Za-z+.-]*://)\\S*@");
    /** Of the few connections of a process. */
    private static final List<Secrets> KNOWN = new CopyOnWriteArrayList<>();

    private final List<String> values;

    private Secrets(List<String> values) {
        this.values = values;
    }

    /** The secrets of a {@code --kafka-config} and of a registry's address. */
    static Secrets of(Map<String, String> kafkaConfig, String schemaRegistry) {
        TreeSet<String> found =
                new TreeSet<>(Comparator.comparing(String::length).reversed().thenComparing(Comparator.naturalOrder()));
        kafkaConfig.forEach((key, value) -> {
            if (isSecret(key)) {
                parts(key, value).forEach(found::add);
            }
        });
        Stream.concat(Stream.of(schemaRegistry), Stream.ofNullable(kafkaConfig.get("schema.registry.url")))
                .flatMap(address -> RegistryAddress.secrets(address).stream())
                .forEach(found::add);
        return new Secrets(found.stream()
                .filter(value -> value.strip().length() >= SHORTEST)
                .toList());
    }

    /** Whether the value of a property of this name is a secret. */
    public static boolean isSecret(String key) {
        return SECRET_KEY.matcher(key.toLowerCase(Locale.ROOT)).matches();
    }

    /** The property as a message may show it: with its value, unless that is a secret. */
    public static String shown(String key, Object value) {
        return key + '=' + (isSecret(key) ? MASK : value);
    }

    /** A text that may hold addresses, as a user typed them, without what precedes their hosts. */
    public static String withoutUserInfo(String text) {
        return ADDRESS.matcher(text).replaceAll("$1" + Matcher.quoteReplacement(MASK) + "@");
    }

    /** The text without any secret of a connection that this process was given. */
    public static String maskKnown(String text) {
        String masked = text;
        for (Secrets secrets : KNOWN) {
            masked = secrets.mask(masked);
        }
        return masked;
    }

    /** Remembers the secrets, for {@link #maskKnown}. */
    static void remember(Secrets secrets) {
        if (!secrets.values.isEmpty() && !KNOWN.contains(secrets)) {
            KNOWN.add(secrets);
        }
    }

    /** The text without the secrets. */
    public String mask(String text) {
        String masked = text;
        for (String value : values) {
            masked = masked.replace(value, MASK);
        }
        return masked;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secrets secrets && secrets.values.equals(values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.size() + " secrets";
    }

    private static Stream<String> parts(String key, String value) {
        if (key.endsWith("jaas.config")) {
            Matcher option = JAAS_VALUE.matcher(value);
            return Stream.concat(
                    Stream.of(value),
                    option.results()
                            .filter(result -> !result.group(1).equals("username"))
                            .map(result -> result.group(2) == null ? result.group(3) : result.group(2)));
        }
        int colon = value.indexOf(':');
        return key.endsWith("user.info") && colon >= 0
                ? Stream.of(value, value.substring(colon + 1))
                : Stream.of(value);
    }
}
