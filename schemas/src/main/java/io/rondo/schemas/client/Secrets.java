package io.rondo.schemas.client;

import io.rondo.schemas.serde.RegistryAddress;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The passwords and tokens of a connection, to mask them in other libraries' texts. Rondo's own texts never contain one.
 * Immutable; its text form shows nothing.
 */
public final class Secrets {
    /** Replaces a secret. */
    public static final String MASK = "***";

    /** A shorter one occurs in too many words. */
    private static final int SHORTEST = 3;
    /** A shorter one is masked only as a whole word: it could be part of a topic's name. */
    private static final int LONG = 8;

    private static final Pattern SECRET_KEY = Pattern.compile(
            ".*(password|passphrase|secret|token$|jaas|user\\.info|credential|keystore\\.key|assertion).*");
    /** A value in a JAAS entry: in quotation marks, or a word. */
    private static final Pattern JAAS_VALUE =
            Pattern.compile("(\\w+)\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"?|([^\\s;\"]+))");

    private static final String JAAS = "jaas.config";

    private static final Pattern ADDRESS = Pattern.compile("([A-Za-z][A-Za-z+.-]*://)\\S*@");
    /** The secrets of the few connections of a process. */
    private static final List<Secrets> KNOWN = new CopyOnWriteArrayList<>();

    private final List<String> values;
    private final Set<String> users;
    private final List<Pattern> patterns;

    private Secrets(List<String> values, Set<String> users) {
        this.values = values;
        this.users = users;
        this.patterns = values.stream()
                .map(value -> pattern(value, users.contains(value)))
                .toList();
    }

    /**
     * The pattern that finds a secret.
     *
     * @param isUser whether the secret equals the user's name, which messages contain as {@code User:NAME}
     */
    private static Pattern pattern(String value, boolean isUser) {
        String name = isUser ? "(?<!\\bUser:)" : "";
        String quoted = Pattern.quote(value);
        return Pattern.compile(
                value.length() < LONG
                        ? name + "(?:(?<![\\p{L}\\p{N}])|(?<=%[0-9A-Fa-f]{2}))" + quoted + "(?![\\p{L}\\p{N}])"
                        : name + quoted);
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
        Set<String> users = new HashSet<>();
        kafkaConfig.forEach((key, value) -> {
            if (key.endsWith(JAAS)) {
                options(value).filter(Secrets::isUser).map(Secrets::valueOf).forEach(users::add);
            }
        });
        return new Secrets(
                found.stream()
                        .filter(value -> value.strip().length() >= SHORTEST)
                        .toList(),
                Set.copyOf(users));
    }

    /** Whether the value of a property of this name is a secret. */
    public static boolean isSecret(String key) {
        return SECRET_KEY.matcher(key.toLowerCase(Locale.ROOT)).matches();
    }

    /** The property as a message may show it: with its value, unless that is a secret. */
    public static String shown(String key, Object value) {
        return key + '=' + (isSecret(key) ? MASK : value);
    }

    /** A text with addresses as a user typed them, without the parts before their hosts. */
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
        for (Pattern pattern : patterns) {
            masked = pattern.matcher(masked).replaceAll(Matcher.quoteReplacement(MASK));
        }
        return masked;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secrets secrets && secrets.values.equals(values) && secrets.users.equals(users);
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
        if (key.endsWith(JAAS)) {
            return Stream.concat(
                    Stream.of(value),
                    options(value).filter(option -> !isUser(option)).map(Secrets::valueOf));
        }
        int colon = value.indexOf(':');
        return key.endsWith("user.info") && colon >= 0
                ? Stream.of(value, value.substring(colon + 1))
                : Stream.of(value);
    }

    private static Stream<MatchResult> options(String jaas) {
        return JAAS_VALUE.matcher(jaas).results();
    }

    private static boolean isUser(MatchResult option) {
        return option.group(1).equals("username");
    }

    private static String valueOf(MatchResult option) {
        return option.group(2) == null ? option.group(3) : option.group(2);
    }
}
