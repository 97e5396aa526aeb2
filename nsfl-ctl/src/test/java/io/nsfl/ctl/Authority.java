package io.nsfl.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A certificate authority of a site's own, made with the JDK's keytool. */
final class Authority {
    static final String PASSWORD = "of-the-test";

    private final Path directory;
    private final Path store;

    Authority(Path directory) throws IOException, InterruptedException {
        this.directory = Files.createDirectories(directory);
        this.store = directory.resolve("authority.p12");
        keytool(
                "-genkeypair",
                "-keystore",
                store,
                "-alias",
                "ca",
                "-dname",
                "CN=Site",
                "-keyalg",
                "EC",
                "-ext",
                "bc:c");
        keytool("-exportcert", "-rfc", "-keystore", store, "-alias", "ca", "-file", certificate());
    }

    /** In PEM. */
    Path certificate() {
        return directory.resolve("ca.crt");
    }

    /** A key store with a key and a certificate for these names. @param names such as {@code ip:127.0.0.1} */
    Path server(String names) throws IOException, InterruptedException {
        Path keys = directory.resolve("server-" + names.replaceAll("\\W", "-") + ".p12");
        Path request = directory.resolve("request");
        Path signed = directory.resolve("signed");
        keytool("-genkeypair", "-keystore", keys, "-alias", "server", "-dname", "CN=Server", "-keyalg", "EC");
        keytool("-certreq", "-keystore", keys, "-alias", "server", "-file", request);
        keytool(
                "-gencert",
                "-rfc",
                "-keystore",
                store,
                "-alias",
                "ca",
                "-infile",
                request,
                "-outfile",
                signed,
                "-ext",
                "san=" + names);
        keytool("-importcert", "-noprompt", "-keystore", keys, "-alias", "ca", "-file", certificate());
        keytool("-importcert", "-noprompt", "-keystore", keys, "-alias", "server", "-file", signed);
        return keys;
    }

    static SSLContext context(Path keys) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream bytes = Files.newInputStream(keys)) {
            store.load(bytes, PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private void keytool(Object... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        for (Object argument : arguments) {
            words.add(argument.toString());
        }
        words.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        Path said = directory.resolve("said");
        int code = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start()
                .waitFor();
        assertThat(code).as(() -> words + " " + said).isZero();
    }
}
