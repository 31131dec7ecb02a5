package io.rondo.cli.security;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Broker settings that require authentication from every client and authorize by ACLs. */
final class BrokerConfig {
    private BrokerConfig() {}

    static Map<String, String> of(Identity identity, Identity ca) {
        Map<String, String> config = new LinkedHashMap<>();
        // OUTSIDE is CLIENTS under another address; HEALTH is for a probe on the loopback interface, without
        // permissions
        config.put(
                "listener.security.protocol.map",
                "CLIENTS:SASL_SSL,OUTSIDE:SASL_SSL,CERTIFICATES:SSL,CONTROLLER:SSL,HEALTH:PLAINTEXT");
        config.put("inter.broker.listener.name", "CERTIFICATES");
        config.put("listener.name.certificates.ssl.client.auth", "required");
        config.put("listener.name.controller.ssl.client.auth", "required");
        config.put("sasl.enabled.mechanisms", "SCRAM-SHA-512");
        for (String listener : List.of("clients", "outside")) {
            config.put(
                    "listener.name." + listener + ".scram-sha-512.sasl.jaas.config",
                    "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        }
        config.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        config.put("allow.everyone.if.no.acl.found", "false");
        // brokers and the admin authenticate by certificate; no password user has these names
        config.put("super.users", "User:broker;User:admin");
        config.put("ssl.principal.mapping.rules", "RULE:^CN=([a-z0-9-]+),OU=[a-z]+,O=rondo$/$1/,DEFAULT");
        ClientConfig.trust("", ca, config);
        ClientConfig.key("", identity, config);
        return config;
    }
}
