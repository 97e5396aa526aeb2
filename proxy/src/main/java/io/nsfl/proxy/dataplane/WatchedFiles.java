package io.nsfl.proxy.dataplane;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** nginx's configuration, and the certificates and keys that it names: whether they are what they were. */
final class WatchedFiles {
    private static final Pattern NAMED = Pattern.compile(
            "(?m)^\\s*(?:include|ssl_certificate|ssl_certificate_key|ssl_client_certificate|ssl_trusted_certificate|ssl_crl"
                    + "|grpc_ssl_certificate|grpc_ssl_certificate_key|grpc_ssl_trusted_certificate|grpc_ssl_crl)\\s+([^;\\s]+)\\s*;");
    private static final int MOST_BYTES = 4 << 20;

    private final Path configuration;
    private final Path directory;

    WatchedFiles(NginxSettings settings) {
        this.configuration = settings.configuration();
        this.directory = settings.directory();
    }

    /** Differs when the content of one of them does; a file that cannot be read counts as one of its own kind. */
    String fingerprint() {
        MessageDigest digest = sha256();
        byte[] text = content(configuration);
        digest.update(text);
        Matcher named = NAMED.matcher(new String(text, StandardCharsets.UTF_8));
        while (named.find()) {
            digest.update(named.group(1).getBytes(StandardCharsets.UTF_8));
            digest.update(content(directory.resolve(named.group(1))));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static byte[] content(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(MOST_BYTES);
        } catch (IOException unreadable) {
            return "unreadable".getBytes(StandardCharsets.US_ASCII);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
