package io.rondo.cli.security;

import io.rondo.cli.check.Role;
import io.rondo.cli.rights.JobRights;
import io.rondo.cli.rights.Quota;
import io.rondo.cli.rights.RegistryRights;
import io.rondo.schemas.client.ClientFailures.Attempt;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.topic.JobTopics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.ResourceNotFoundException;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.resource.ResourcePatternFilter;

/** Updates users, ACLs and quotas of a cluster to match a directory of credentials. Idempotent. */
public final class ClusterRights {
    private static final ScramMechanism MECHANISM = ScramMechanism.SCRAM_SHA_512;
    private static final int ITERATIONS = 8_192;

    private final SecurityDirectory directory;
    private final LogConnection connection;
    private final Quota quota;

    /** The changes made. */
    public record Outcome(int users, int acls, int revoked) {}

    /** @param connection the admin's */
    public ClusterRights(SecurityDirectory directory, LogConnection connection, Quota quota) {
        this.directory = directory;
        this.connection = connection;
        this.quota = quota;
    }

    /** The admin's connection, read from its file. */
    public static LogConnection admin(SecurityDirectory directory) {
        Map<String, String> config = directory.properties(Member.ADMIN.name());
        return new LogConnection(config.get("bootstrap.servers"), config.get("schema.registry.url"), config);
    }

    /** Creates users, ACLs for the registry and these jobs, and quotas, and removes those of revoked members. */
    public Outcome apply(List<String> jobs) {
        SecuritySettings settings = directory.requireSettings();
        try (Admin admin = connection.admin()) {
            int users = users(admin, settings);
            List<AclBinding> bindings = Stream.concat(
                            RegistryRights.bindings(Member.REGISTRY.name()).stream(),
                            jobs.stream()
                                    .map(job -> new JobTopics(job, 1, -1))
                                    .flatMap(topics -> settings.members().stream()
                                            .flatMap(member -> bindings(member, topics).stream())))
                    .toList();
            connection
                    .failures()
                    .await(admin.createAcls(bindings).all(), new Attempt("create ACLs", "ALTER", "the cluster"));
            quotas(admin, settings);
            settings.revoked().forEach(id -> remove(admin, id));
            return new Outcome(users, bindings.size(), settings.revoked().size());
        }
    }

    /** Updates the passwords, and removes the users and ACLs of revoked members. */
    public void users() {
        SecuritySettings settings = directory.requireSettings();
        try (Admin admin = connection.admin()) {
            users(admin, settings);
            settings.revoked().forEach(id -> remove(admin, id));
        }
    }

    private static List<AclBinding> bindings(Member member, JobTopics topics) {
        Optional<Role> role = member.kind().role();
        return role.map(known -> JobRights.bindings(member.name(), known, topics))
                .orElse(List.of());
    }

    private int users(Admin admin, SecuritySettings settings) {
        List<UserScramCredentialAlteration> users = new ArrayList<>();
        for (Member member : settings.members()) {
            directory
                    .password(member)
                    .ifPresent(password -> users.add(new UserScramCredentialUpsertion(
                            member.name(), new ScramCredentialInfo(MECHANISM, ITERATIONS), password)));
        }
        connection
                .failures()
                .await(
                        admin.alterUserScramCredentials(users).all(),
                        new Attempt("create users", "ALTER", "the cluster"));
        return users.size();
    }

    private void quotas(Admin admin, SecuritySettings settings) {
        List<ClientQuotaAlteration> alterations = settings.trainers().stream()
                .map(id -> new ClientQuotaAlteration(
                        new ClientQuotaEntity(Map.of(ClientQuotaEntity.USER, id)),
                        List.of(
                                new ClientQuotaAlteration.Op("producer_byte_rate", quota.writeBytes()),
                                new ClientQuotaAlteration.Op("consumer_byte_rate", quota.readBytes()),
                                new ClientQuotaAlteration.Op("request_percentage", quota.requestPercent()))))
                .toList();
        if (!alterations.isEmpty()) {
            connection
                    .failures()
                    .await(
                            admin.alterClientQuotas(alterations).all(),
                            new Attempt("set quotas", "ALTER_CONFIGS", "the cluster"));
        }
    }

    /** Its connections end at the brokers' next reauthentication; without ACLs it has no access from now on. */
    private void remove(Admin admin, String id) {
        connection
                .failures()
                .await(
                        admin.deleteAcls(List.of(new AclBindingFilter(
                                        ResourcePatternFilter.ANY,
                                        new AccessControlEntryFilter(
                                                "User:" + id, null, AclOperation.ANY, AclPermissionType.ANY))))
                                .all(),
                        new Attempt("delete ACLs", "ALTER", "the cluster"));
        connection
                .failures()
                .awaitUnless(
                        admin.alterUserScramCredentials(List.of(new UserScramCredentialDeletion(id, MECHANISM)))
                                .all(),
                        new Attempt("delete user " + id, "ALTER", "the cluster"),
                        ResourceNotFoundException.class::isInstance);
    }
}
