package io.nsfl.servicekit.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** An authority for tests: issues certificates, made by the JDK's keytool, into directories as a Kubernetes TLS secret has them. */
public final class TestAuthority {
    private static final String PASSWORD = "changeit";

    private final Path store;
    private int issued;

    /** @param directory where the authority keeps its own key */
    public TestAuthority(Path directory) throws IOException {
        store = Files.createDirectories(directory).resolve("authority.p12");
        keytool("-genkeypair", "-alias", "ca", "-dname", "CN=" + directory.getFileName(), "-ext", "bc:c=ca:true");
    }

    /** Writes {@code tls.crt}, {@code tls.key} and {@code ca.crt}. @param names for example {@code ip:127.0.0.1,dns:localhost} */
    public Path issue(Path directory, String subject, String names) throws IOException {
        Files.createDirectories(directory);
        String alias = "leaf" + issued++;
        keytool("-genkeypair", "-alias", alias, "-dname", subject, "-signer", "ca", "-ext", "san=" + names);
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            Key key = keys.getKey(alias, PASSWORD.toCharArray());
            Files.writeString(
                    directory.resolve("tls.crt"),
                    pem("CERTIFICATE", keys.getCertificate(alias).getEncoded()));
            Files.writeString(directory.resolve("tls.key"), pem("PRIVATE KEY", key.getEncoded()));
            Certificate own = keys.getCertificate("ca");
            Files.writeString(directory.resolve("ca.crt"), pem("CERTIFICATE", own.getEncoded()));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
        return directory;
    }

    private static String pem(String what, byte[] content) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + what
                + "-----\n";
    }

    private void keytool(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2"));
        command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes());
        try {
            if (keytool.waitFor() != 0) {
                throw new IllegalStateException("keytool failed: " + said);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
