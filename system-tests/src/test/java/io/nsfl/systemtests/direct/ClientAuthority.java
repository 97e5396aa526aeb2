package io.nsfl.systemtests.direct;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** Certifies clients, with the JDK's keytool. */
final class ClientAuthority {
    private static final String PASSWORD = "of-the-test";
    private static final int RAW = 32;

    private final Path directory;
    private final Path store;

    ClientAuthority(Path directory) throws IOException, InterruptedException {
        this.directory = Files.createDirectories(directory);
        this.store = directory.resolve("authority.p12");
        generate(store, "CN=Clients", "-ext", "bc:c");
        keytool("-exportcert", "-rfc", "-keystore", store, "-alias", "key", "-file", certificate());
    }

    /** In PEM. */
    Path certificate() {
        return directory.resolve("ca.pem");
    }

    /** Makes a client's identity before it starts, as it would make it itself. @return its certificate, in PEM */
    Path client(String name, Path identity) throws IOException, InterruptedException, GeneralSecurityException {
        Path keys = directory.resolve(name + ".p12");
        Path request = directory.resolve(name + ".csr");
        Path signed = directory.resolve(name + ".pem");
        generate(keys, "CN=" + name);
        keytool("-certreq", "-keystore", keys, "-alias", "key", "-file", request);
        keytool("-gencert", "-rfc", "-keystore", store, "-alias", "key", "-infile", request, "-outfile", signed);
        write(keys, identity);
        return signed;
    }

    private void generate(Path keys, String name, Object... more) throws IOException, InterruptedException {
        List<Object> words = new ArrayList<>(
                List.of("-genkeypair", "-keystore", keys, "-alias", "key", "-dname", name, "-keyalg", "Ed25519"));
        words.addAll(List.of(more));
        keytool(words.toArray());
    }

    private static void write(Path keys, Path identity) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream bytes = Files.newInputStream(keys)) {
            store.load(bytes, PASSWORD.toCharArray());
        }
        byte[] key = store.getKey("key", PASSWORD.toCharArray()).getEncoded();
        byte[] encoded = store.getCertificate("key").getPublicKey().getEncoded();
        byte[] raw = Arrays.copyOfRange(encoded, encoded.length - RAW, encoded.length);
        Files.createDirectories(identity.getParent());
        Files.createFile(identity, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                identity,
                Base64.getEncoder().encodeToString(key) + "\n" + HexFormat.of().formatHex(raw) + "\n");
    }

    private void keytool(Object... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        for (Object argument : arguments) {
            words.add(argument.toString());
        }
        words.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
