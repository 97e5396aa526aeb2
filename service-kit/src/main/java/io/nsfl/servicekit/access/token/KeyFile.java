package io.nsfl.servicekit.access.token;

import com.nimbusds.jose.jwk.JWK;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.text.ParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys in a file, read again whenever its content changed. A file that became unreadable leaves the keys as they were, with a warning. A file
 * with a symmetric key is a secret and must be readable by its owner only. Thread-safe.
 */
public final class KeyFile implements TokenKeys {
    private static final Logger LOG = LoggerFactory.getLogger(KeyFile.class);
    private static final int LIMIT = 256 << 10;
    private static final Set<PosixFilePermission> OTHERS =
            Set.of(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

    private final Path file;
    private byte[] content;
    private List<JWK> keys;

    /** @throws FaultException CONFIGURATION_INVALID if it holds no key */
    public KeyFile(Path file) {
        this.file = file;
        try {
            content = read();
            keys = parse(content);
        } catch (IOException | ParseException unusable) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "The key file " + file + " of nsfl.auth.token.key-files cannot be used (" + why(unusable) + ").");
        }
    }

    @Override
    public synchronized List<JWK> find(String keyId) {
        try {
            byte[] now = read();
            if (!Arrays.equals(now, content)) {
                content = now;
                keys = parse(now);
                LOG.info("The keys of {} were read again: {} now", file, keys.size());
            }
        } catch (IOException | ParseException unusable) {
            LOG.warn("The key file {} cannot be used, the keys before it stay: {}", file, why(unusable));
        }
        return TokenKeys.fitting(keys, keyId);
    }

    private byte[] read() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] all = in.readNBytes(LIMIT + 1);
            if (all.length > LIMIT) {
                throw new IOException("it is larger than 256 KiB");
            }
            return all;
        }
    }

    private List<JWK> parse(byte[] text) throws IOException, ParseException {
        List<JWK> parsed = KeyText.parse(new String(text, StandardCharsets.UTF_8));
        if (parsed.stream().anyMatch(KeyText::symmetric)
                && Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains)) {
            throw new IOException("it holds a symmetric key that everybody can read: chmod 600");
        }
        return parsed;
    }

    /** A parser's message may quote the file. */
    private static String why(Exception unusable) {
        return unusable instanceof ParseException && unusable.getCause() != null
                ? "it is no PEM public key, JWK or JWK set"
                : unusable instanceof ParseException parse && parse.getMessage().startsWith("it holds")
                        ? parse.getMessage()
                        : unusable instanceof IOException
                                ? unusable.getMessage()
                                : "it is no PEM public key, JWK or JWK set";
    }
}
