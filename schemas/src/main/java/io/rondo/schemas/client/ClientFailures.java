package io.rondo.schemas.client;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** Translates exceptions of Kafka's clients into errors for users. No text holds a secret of the connection. */
public final class ClientFailures {
    private static final long TIMEOUT_SECONDS = 30;
    private static final Pattern GROUP = Pattern.compile("group: (\\S+)");

    private final LogConnection connection;

    ClientFailures(LogConnection connection) {
        this.connection = connection;
    }

    /**
     * The attempted operation.
     *
     * @param what the attempt, as text after "cannot"
     * @param operation the required permission, as ACLs name it
     * @param resource the resource of the permission, such as {@code topic rondo.demo.rounds}
     */
    public record Attempt(String what, String operation, String resource) {
        /** To write records to a topic. */
        public static Attempt write(String topic) {
            return new Attempt("write to topic " + topic, "WRITE", "topic " + topic);
        }

        /** To read records of a topic. */
        public static Attempt read(String topic) {
            return new Attempt("read topic " + topic, "READ", "topic " + topic);
        }

        /** To describe a topic. */
        public static Attempt describe(String topic) {
            return new Attempt("describe topic " + topic, "DESCRIBE", "topic " + topic);
        }

        /** To create a topic. */
        public static Attempt create(String topic) {
            return new Attempt("create topic " + topic, "CREATE", "topic " + topic);
        }
    }

    /** The failure of an operation on a cluster. */
    public RondoException of(Attempt attempt, Throwable thrown) {
        Throwable cause = unwrapped(thrown);
        if (cause instanceof RondoException known) {
            return known;
        }
        if (isDenial(cause)) {
            return denied(attempt, cause);
        }
        if (cause instanceof SslAuthenticationException) {
            return failure(
                    ErrorCode.BROKER_REFUSED,
                    "cannot " + attempt.what() + ": " + rootText(cause),
                    "check ssl.truststore.location (does it hold the broker's certificate authority?), ssl.keystore.location"
                            + " and that the certificate names the host of " + connection.bootstrapServers(),
                    cause);
        }
        if (cause instanceof AuthenticationException) {
            return failure(
                    ErrorCode.BROKER_REFUSED,
                    "the broker did not accept the credentials of " + connection.principal() + ": " + rootText(cause),
                    "check sasl.mechanism and sasl.jaas.config in --kafka-config",
                    cause);
        }
        return other(attempt, cause);
    }

    /**
     * The answer of an admin client.
     *
     * @throws RondoException as {@link #of} has it, when there is none within 30 s
     */
    public <T> T await(KafkaFuture<T> answer, Attempt attempt) {
        return awaitUnless(answer, attempt, failure -> false).orElse(null);
    }

    /**
     * The answer of an admin client; empty if it fails as expected.
     *
     * @throws RondoException as {@link #of} has it, when there is none within 30 s
     */
    public <T> Optional<T> awaitUnless(KafkaFuture<T> answer, Attempt attempt, Predicate<Throwable> expected) {
        try {
            return Optional.ofNullable(answer.get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            if (expected.test(e.getCause())) {
                return Optional.empty();
            }
            throw of(attempt, e.getCause());
        } catch (TimeoutException e) {
            throw new RondoException(
                    ErrorCode.BROKER_UNREACHABLE,
                    "cannot " + attempt.what() + ": the broker did not answer within " + TIMEOUT_SECONDS + " s",
                    "check --bootstrap-servers and that the broker runs",
                    e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** The failure to create a client. */
    public RondoException ofConstruction(Throwable thrown) {
        String reason = rootText(thrown);
        if (reason.contains("resolvable bootstrap") || reason.contains("Couldn't resolve server")) {
            return failure(
                    ErrorCode.BROKER_UNREACHABLE,
                    "no host of bootstrap.servers=" + connection.bootstrapServers() + " can be resolved",
                    "check --bootstrap-servers and the name service of this machine",
                    thrown);
        }
        boolean addresses = reason.contains("bootstrap.servers");
        return failure(
                ErrorCode.BAD_CONFIG,
                "no Kafka client can be made of these settings: " + reason,
                addresses
                        ? "give --bootstrap-servers as HOST:PORT, with commas between several"
                        : "correct --kafka-config",
                thrown);
    }

    private RondoException denied(Attempt attempt, Throwable cause) {
        String operation = attempt.operation();
        String resource = attempt.resource();
        if (cause instanceof TopicAuthorizationException topics
                && !topics.unauthorizedTopics().isEmpty()) {
            resource = (topics.unauthorizedTopics().size() == 1 ? "topic " : "topics ")
                    + String.join(", ", Set.copyOf(topics.unauthorizedTopics()));
        } else if (cause instanceof GroupAuthorizationException group) {
            operation = "READ";
            resource = "group " + groupOf(group);
        } else if (cause instanceof TransactionalIdAuthorizationException) {
            operation = "WRITE and DESCRIBE";
            resource = "the transactional ids that begin with " + attemptedPrefix(attempt);
        } else if (cause instanceof ClusterAuthorizationException && !operation.equals("WRITE")) {
            // a producer requests its id before it sends, for which write permission on any topic suffices
            resource = "the cluster";
        }
        return failure(
                ErrorCode.BROKER_REFUSED,
                connection.principal() + " may not " + operation + ' ' + resource + ": " + rootText(cause),
                "let an administrator allow it, or check --kafka-config; `rondo check` lists the rights of each role",
                cause);
    }

    private static String attemptedPrefix(Attempt attempt) {
        return attempt.resource().startsWith("transactional id ")
                ? attempt.resource().substring("transactional id ".length())
                : "the job's application id, rondo.JOB.aggregator";
    }

    private static String groupOf(GroupAuthorizationException denial) {
        if (denial.groupId() != null) {
            return denial.groupId();
        }
        Matcher named = GROUP.matcher(String.valueOf(denial.getMessage()));
        return named.find() ? named.group(1) : "of the job";
    }

    private RondoException other(Attempt attempt, Throwable cause) {
        String message = "cannot " + attempt.what() + ": " + rootText(cause);
        if (cause instanceof InvalidReplicationFactorException) {
            return failure(
                    ErrorCode.BROKER_REFUSED,
                    message,
                    "set the job's replication to at most the number of brokers, or to -1 for the brokers' default",
                    cause);
        }
        if (cause instanceof PolicyViolationException) {
            return failure(ErrorCode.BROKER_REFUSED, message, "ask for topics that the cluster's policy allows", cause);
        }
        if (cause instanceof RecordTooLargeException) {
            return failure(
                    ErrorCode.BROKER_REFUSED,
                    message,
                    "set max.message.bytes of the topic and message.max.bytes of the brokers higher, or the job's chunk-bytes"
                            + " lower",
                    cause);
        }
        if (cause instanceof UnsupportedVersionException) {
            return failure(ErrorCode.BROKER_REFUSED, message, "use brokers of Kafka 3.3 or newer", cause);
        }
        if (cause instanceof ConfigException) {
            return failure(ErrorCode.BAD_CONFIG, message, "correct --kafka-config", cause);
        }
        return failure(
                ErrorCode.BROKER_UNREACHABLE, message, "check --bootstrap-servers and that the broker runs", cause);
    }

    private RondoException failure(ErrorCode code, String message, String nextStep, Throwable cause) {
        return new RondoException(code, connection.secrets().mask(message), nextStep, cause);
    }

    private static boolean isDenial(Throwable cause) {
        return cause instanceof AuthorizationException;
    }

    private static Throwable unwrapped(Throwable thrown) {
        return thrown instanceof ExecutionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }

    /** The message of the innermost cause, which is the reason. */
    static String rootText(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String text = root.getMessage();
        return text == null || text.isBlank() ? root.getClass().getSimpleName() : text;
    }
}
