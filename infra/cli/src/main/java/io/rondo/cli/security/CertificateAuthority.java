package io.rondo.cli.security;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/**
 * Issues X.509 certificates (RFC 5280) with keys on P-256. The JDK has no public class that writes a certificate, so the
 * structure is written here; the JDK's own parser reads each one back and checks its signature before it is used.
 */
final class CertificateAuthority {
    static final Duration CA_VALIDITY = Duration.ofDays(3_650);

    private static final String ORGANISATION = ",O=rondo";
    private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.objectId("1.2.840.10045.4.3.2"));
    private static final String KEY_USAGE = "2.5.29.15";
    private static final String BASIC_CONSTRAINTS = "2.5.29.19";
    private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
    private static final String ALTERNATIVE_NAMES = "2.5.29.17";
    private static final String SUBJECT_KEY_ID = "2.5.29.14";
    private static final String AUTHORITY_KEY_ID = "2.5.29.35";
    private static final byte[] SERVER_AND_CLIENT =
            Der.sequence(Der.objectId("1.3.6.1.5.5.7.3.1"), Der.objectId("1.3.6.1.5.5.7.3.2"));
    /** Clocks of two machines differ. */
    private static final Duration BEFORE = Duration.ofHours(1);

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Identity own;

    CertificateAuthority(Identity own) {
        this.own = own;
    }

    static CertificateAuthority create(Instant now) {
        try {
            KeyPair keys = newKeys();
            X500Principal name =
                    new X500Principal("CN=rondo-ca-" + serial().toString(16).substring(0, 8) + ORGANISATION);
            byte[] id = keyId(keys.getPublic());
            List<byte[]> extensions = List.of(
                    critical(BASIC_CONSTRAINTS, Der.sequence(Der.yes(), Der.integer(BigInteger.ZERO))),
                    // keyCertSign and cRLSign
                    critical(KEY_USAGE, Der.bits(new byte[] {0x06}, 1)),
                    extension(SUBJECT_KEY_ID, Der.octets(id)),
                    extension(AUTHORITY_KEY_ID, Der.sequence(Der.context(0, false, id))));
            return new CertificateAuthority(new Identity(
                    keys.getPrivate(),
                    sign(
                            name,
                            keys.getPrivate(),
                            keys.getPublic(),
                            name,
                            keys.getPublic(),
                            now,
                            CA_VALIDITY,
                            extensions)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a JDK has P-256", e);
        }
    }

    Identity identity() {
        return own;
    }

    /**
     * A new key with a certificate.
     *
     * @param name whose it is, and the user as which brokers know its holder
     * @param role what its holder does, as the certificate's OU
     * @param hosts names and addresses that a server answers under; empty for a client
     */
    Identity issue(String name, String role, Collection<String> hosts, Instant now, Duration validity) {
        try {
            KeyPair keys = newKeys();
            X509Certificate issuer = own.certificate();
            List<byte[]> extensions = new ArrayList<>(List.of(
                    critical(BASIC_CONSTRAINTS, Der.sequence()),
                    // digitalSignature
                    critical(KEY_USAGE, Der.bits(new byte[] {(byte) 0x80}, 7)),
                    extension(EXTENDED_KEY_USAGE, SERVER_AND_CLIENT),
                    extension(SUBJECT_KEY_ID, Der.octets(keyId(keys.getPublic()))),
                    extension(AUTHORITY_KEY_ID, Der.sequence(Der.context(0, false, keyId(issuer.getPublicKey()))))));
            if (!hosts.isEmpty()) {
                extensions.add(extension(
                        ALTERNATIVE_NAMES,
                        Der.sequence(hosts.stream()
                                .map(CertificateAuthority::generalName)
                                .toArray(byte[][]::new))));
            }
            return new Identity(
                    keys.getPrivate(),
                    sign(
                            issuer.getSubjectX500Principal(),
                            own.key(),
                            issuer.getPublicKey(),
                            new X500Principal("CN=" + name + ",OU=" + role + ORGANISATION),
                            keys.getPublic(),
                            now,
                            validity,
                            extensions));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a JDK has P-256", e);
        }
    }

    /** The hosts that a certificate names. */
    static Set<String> hosts(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null
                    ? Set.of()
                    : Set.copyOf(
                            names.stream().map(name -> name.get(1).toString()).toList());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate of our own has names that can be read", e);
        }
    }

    private static X509Certificate sign(
            X500Principal issuer,
            PrivateKey issuerKey,
            PublicKey issuerPublic,
            X500Principal subject,
            PublicKey key,
            Instant now,
            Duration validity,
            List<byte[]> extensions)
            throws GeneralSecurityException {
        byte[] content = Der.sequence(
                Der.context(0, true, Der.integer(BigInteger.TWO)),
                Der.integer(serial()),
                ECDSA_WITH_SHA256,
                issuer.getEncoded(),
                Der.sequence(Der.time(now.minus(BEFORE)), Der.time(now.plus(validity))),
                subject.getEncoded(),
                key.getEncoded(),
                Der.context(3, true, Der.sequence(extensions.toArray(byte[][]::new))));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(issuerKey, RANDOM);
        signature.update(content);
        X509Certificate certificate =
                Identity.certificate(Der.sequence(content, ECDSA_WITH_SHA256, Der.bits(signature.sign(), 0)));
        certificate.verify(issuerPublic);
        return certificate;
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
        return generator.generateKeyPair();
    }

    /** 127 random bits, never zero. */
    private static BigInteger serial() {
        return new BigInteger(126, RANDOM).setBit(126);
    }

    private static byte[] keyId(PublicKey key) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-1").digest(key.getEncoded());
    }

    private static byte[] extension(String id, byte[] value) {
        return Der.sequence(Der.objectId(id), Der.octets(value));
    }

    private static byte[] critical(String id, byte[] value) {
        return Der.sequence(Der.objectId(id), Der.yes(), Der.octets(value));
    }

    private static byte[] generalName(String host) {
        if (!isAddress(host)) {
            return Der.context(2, false, host.getBytes(StandardCharsets.US_ASCII));
        }
        try {
            return Der.context(7, false, InetAddress.getByName(host).getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address is not looked up", e);
        }
    }

    /** Only digits and dots, or colons: such a text is never looked up. */
    private static boolean isAddress(String host) {
        return host.matches("\\d{1,3}(\\.\\d{1,3}){3}") || host.contains(":");
    }
}
