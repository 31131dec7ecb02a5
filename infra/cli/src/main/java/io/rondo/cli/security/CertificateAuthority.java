package io.rondo.cli.security;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Issues X.509 certificates (RFC 5280) with keys on P-256. The JDK has no public class that writes one. */
final class CertificateAuthority {
    static final Duration CA_VALIDITY = Duration.ofDays(3_650);

    private static final String ORGANISATION = ",O=rondo";
    /** Clocks of two machines differ. */
    private static final Duration BEFORE = Duration.ofHours(1);

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Identity own;

    CertificateAuthority(Identity own) {
        this.own = own;
    }

    static CertificateAuthority create(Instant now) {
        KeyPair keys = newKeys();
        X500Principal name =
                new X500Principal("CN=rondo-ca-" + serial().toString(16).substring(0, 8) + ORGANISATION);
        JcaX509v3CertificateBuilder certificate = builder(name, now, CA_VALIDITY, name, keys.getPublic());
        try {
            certificate.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            certificate.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        } catch (CertIOException e) {
            throw new IllegalStateException("an extension of a certificate has an encoding", e);
        }
        return new CertificateAuthority(
                new Identity(keys.getPrivate(), sign(certificate, keys.getPrivate(), keys.getPublic())));
    }

    Identity identity() {
        return own;
    }

    /**
     * A new key with a certificate.
     *
     * @param name the holder, and its user name on brokers
     * @param role what its holder does, as the certificate's OU
     * @param hosts names and addresses of a server; empty for a client
     */
    Identity issue(String name, String role, Collection<String> hosts, Instant now, Duration validity) {
        KeyPair keys = newKeys();
        X509Certificate issuer = own.certificate();
        JcaX509v3CertificateBuilder certificate = builder(
                issuer.getSubjectX500Principal(),
                now,
                validity,
                new X500Principal("CN=" + name + ",OU=" + role + ORGANISATION),
                keys.getPublic());
        try {
            JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
            certificate.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            certificate.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            certificate.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
            }));
            certificate.addExtension(
                    Extension.authorityKeyIdentifier, false, ids.createAuthorityKeyIdentifier(issuer.getPublicKey()));
            if (!hosts.isEmpty()) {
                certificate.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(hosts.stream()
                                .map(CertificateAuthority::generalName)
                                .toArray(GeneralName[]::new)));
            }
        } catch (CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException("an extension of a certificate has an encoding", e);
        }
        return new Identity(keys.getPrivate(), sign(certificate, own.key(), issuer.getPublicKey()));
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

    private static JcaX509v3CertificateBuilder builder(
            X500Principal issuer, Instant now, Duration validity, X500Principal subject, PublicKey key) {
        JcaX509v3CertificateBuilder certificate = new JcaX509v3CertificateBuilder(
                issuer, serial(), Date.from(now.minus(BEFORE)), Date.from(now.plus(validity)), subject, key);
        try {
            return (JcaX509v3CertificateBuilder) certificate.addExtension(
                    Extension.subjectKeyIdentifier, false, new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key));
        } catch (CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException("an extension of a certificate has an encoding", e);
        }
    }

    /** Signs, and reads the certificate back by the JDK's own parser. */
    private static X509Certificate sign(
            JcaX509v3CertificateBuilder certificate, PrivateKey issuerKey, PublicKey issuerPublic) {
        try {
            X509Certificate signed = Identity.certificate(certificate
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKey))
                    .getEncoded());
            signed.verify(issuerPublic);
            return signed;
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException("a JDK signs by ECDSA on P-256", e);
        }
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a JDK has P-256", e);
        }
    }

    /** 127 random bits, never zero. */
    private static BigInteger serial() {
        return new BigInteger(126, RANDOM).setBit(126);
    }

    private static GeneralName generalName(String host) {
        return new GeneralName(isAddress(host) ? GeneralName.iPAddress : GeneralName.dNSName, host);
    }

    private static boolean isAddress(String host) {
        return host.matches("\\d{1,3}(\\.\\d{1,3}){3}") || host.contains(":");
    }
}
