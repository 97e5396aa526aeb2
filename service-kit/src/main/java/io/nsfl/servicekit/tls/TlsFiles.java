package io.nsfl.servicekit.tls;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.ssl.pem.PemContent;

/**
 * Where certificate, key and trusted authorities lie, all PEM.
 *
 * @param identity the own certificate with its key; absent = a client that shows none
 * @param authorities certificates of those who are trusted
 */
public record TlsFiles(Optional<Identity> identity, Path authorities) {
    private static final int MOST_BYTES = 1 << 20;

    /**
     * A certificate's files.
     *
     * @param certificate the certificate and, after it, those between it and its authority
     * @param key its private key: PKCS#8, PKCS#1 or SEC 1, not encrypted
     */
    public record Identity(Path certificate, Path key) {}

    /** {@code tls.crt}, {@code tls.key} and {@code ca.crt} in this directory. */
    public static TlsFiles of(Path directory) {
        return new TlsFiles(
                Optional.of(new Identity(directory.resolve("tls.crt"), directory.resolve("tls.key"))),
                directory.resolve("ca.crt"));
    }

    /** The same for who only connects: without {@code tls.crt} and {@code tls.key} it shows no certificate. */
    public static TlsFiles ofClient(Path directory) {
        TlsFiles all = of(directory);
        boolean shows = Files.exists(directory.resolve("tls.crt")) || Files.exists(directory.resolve("tls.key"));
        return shows ? all : new TlsFiles(Optional.empty(), all.authorities());
    }

    /** @throws FaultException CONFIGURATION_INVALID naming every file that cannot be used, why, and what to do */
    TlsMaterial read() {
        List<String> problems = new ArrayList<>();
        TlsMaterial material = new TlsMaterial(
                identity.map(files -> certificates(files.certificate(), problems))
                        .orElse(List.of()),
                identity.flatMap(files -> key(files.key(), problems)),
                certificates(authorities, problems));
        if (problems.isEmpty()) {
            identity.filter(files -> !material.belongTogether())
                    .ifPresent(files -> problems.add("The key " + files.key() + " is not the one of the certificate "
                            + files.certificate() + ": put the pair there that was issued together."));
        }
        if (!problems.isEmpty()) {
            throw new FaultException(Fault.CONFIGURATION_INVALID, String.join(" ", problems));
        }
        return material;
    }

    private static List<X509Certificate> certificates(Path file, List<String> problems) {
        try {
            List<X509Certificate> certificates = pem(file).getCertificates();
            for (X509Certificate certificate : certificates) {
                certificate.checkValidity();
            }
            if (!certificates.isEmpty()) {
                return certificates;
            }
            problems.add(file + " holds no certificate: put PEM (-----BEGIN CERTIFICATE-----) there.");
        } catch (CertificateException invalid) {
            problems.add(file + " holds a certificate that is not valid today (" + invalid.getMessage()
                    + "): renew it or set this machine's clock.");
        } catch (IOException unreadable) {
            problems.add(unreadable.getMessage());
        } catch (RuntimeException malformed) {
            problems.add(file + " holds no certificate that can be read: put PEM (-----BEGIN CERTIFICATE-----) there.");
        }
        return List.of();
    }

    /** What a parser says about a key is not repeated: it may quote it. */
    private static Optional<java.security.PrivateKey> key(Path file, List<String> problems) {
        try {
            return Optional.of(pem(file).getPrivateKey());
        } catch (IOException unreadable) {
            problems.add(unreadable.getMessage());
        } catch (RuntimeException malformed) {
            problems.add(
                    file + " holds no private key that can be read: put PEM (-----BEGIN PRIVATE KEY-----) there, not"
                            + " encrypted.");
        }
        return Optional.empty();
    }

    private static PemContent pem(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MOST_BYTES + 1);
            if (content.length > MOST_BYTES) {
                throw new IOException(file + " is larger than 1 MiB: put one certificate chain or key there.");
            }
            return PemContent.of(new String(content, StandardCharsets.US_ASCII));
        } catch (NoSuchFileException absent) {
            throw new IOException(
                    file + " does not exist: TLS needs tls.crt, tls.key and ca.crt; leave the directory unset to go"
                            + " without TLS.",
                    absent);
        } catch (java.nio.file.FileSystemException denied) {
            throw new IOException(file + " cannot be read: give this process's user the right to.", denied);
        }
    }
}
