package io.nsfl.storage.blob.s3;

import io.minio.MinioClient;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.storage.blob.BlobSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;

/** The client of one S3 server. */
final class Server {
    /** Servers that one runs oneself know no regions; naming one saves a question before each bucket's first use. */
    private static final String REGION = "us-east-1";

    private Server() {}

    static MinioClient connect(BlobSettings.S3 settings) {
        OkHttpClient http = http(settings.certificate())
                .connectTimeout(Duration.ofSeconds(5))
                .readTimeout(Duration.ofMinutes(2))
                .writeTimeout(Duration.ofMinutes(2))
                .build();
        return client(settings.endpoint(), settings.accessKey(), settings.secretKey(), http, true);
    }

    /** On connections that the caller closes. @throws IllegalArgumentException for credentials that are none */
    static MinioClient client(URI endpoint, String user, String password, OkHttpClient http) {
        return client(endpoint, user, password, http, false);
    }

    private static MinioClient client(URI endpoint, String user, String password, OkHttpClient http, boolean closes) {
        return MinioClient.builder()
                .endpoint(endpoint.toString())
                .region(REGION)
                .credentials(user, password)
                .httpClient(http, closes)
                .build();
    }

    /** @param certificate the authority of the server's; empty = those that the JDK trusts */
    static OkHttpClient.Builder http(Optional<Path> certificate) {
        OkHttpClient.Builder http = new OkHttpClient.Builder();
        certificate.ifPresent(file -> trust(http, file));
        return http;
    }

    private static void trust(OkHttpClient.Builder http, Path certificate) {
        try {
            X509TrustManager trusted = trusting(certificate);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {trusted}, null);
            http.sslSocketFactory(context.getSocketFactory(), trusted);
        } catch (IOException | GeneralSecurityException unusable) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "The storage's certificate %s cannot be used (%s): name a PEM file that can be read."
                            .formatted(certificate, unusable.getMessage()),
                    unusable);
        }
    }

    private static X509TrustManager trusting(Path certificate) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream pem = Files.newInputStream(certificate)) {
            int number = 0;
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("ca-" + number++, each);
            }
            if (number == 0) {
                throw new GeneralSecurityException("no certificate in it");
            }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        Optional<X509TrustManager> first = Arrays.stream(factory.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .map(X509TrustManager.class::cast)
                .findFirst();
        return first.orElseThrow(() -> new GeneralSecurityException("no trust manager"));
    }
}
