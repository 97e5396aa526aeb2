package io.nsfl.ctl.config;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Whom https believes: the certificates of one PEM file, and nobody else.
 *
 * @param context for clients that want a context
 * @param authorities the same, for clients that want the decision itself
 */
public record Trust(SSLContext context, X509TrustManager authorities) {
    /**
     * Of the configured certificate; empty where none is set, which leaves it to the machine's own authorities.
     *
     * @throws FaultException CONFIGURATION_INVALID if the file is no certificate
     */
    public static Optional<Trust> of(CtlConfig config) {
        return config.certificate()
                .filter(name -> !name.equalsIgnoreCase("none"))
                .map(Path::of)
                .map(Trust::read);
    }

    /**
     * Why a server did not prove who it is, in words, with what to do; empty where the failure is of another kind.
     *
     * @param failure as the connection threw it
     */
    public static Optional<String> unproven(Throwable failure, CtlConfig config) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof SSLException || at instanceof CertificateException) {
                return Optional.of(told(at, config));
            }
        }
        return Optional.empty();
    }

    private static String told(Throwable failure, CtlConfig config) {
        String message = failure.getMessage() == null ? "" : failure.getMessage();
        if (message.contains("validity check failed")) {
            return "its certificate has expired or does not hold yet: look at both clocks, or have it renewed";
        }
        if (message.contains("PKIX")) {
            String known = config.certificate()
                    .filter(name -> !name.equalsIgnoreCase("none"))
                    .orElse("this machine's own authorities");
            return "its certificate comes from no authority in " + known
                    + ": name the right one by 'nsfl-ctl set config -c FILE'";
        }
        if (message.contains("subject alternative")
                || message.contains("No name matching")
                || message.contains("not verified")) {
            return "its certificate is for another host (" + message + "): use the name that is in the certificate";
        }
        if (message.contains("Unsupported or unrecognized SSL message")) {
            return "it does not speak TLS: is its address http:// and not https://?";
        }
        return message;
    }

    private static Trust read(Path file) {
        try (InputStream bytes = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(bytes)) {
                store.setCertificateEntry("ca-" + number++, one);
            }
            if (number == 0) {
                throw refused(file, "it holds no certificate", null);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager authorities) {
                    SSLContext context = SSLContext.getInstance("TLS");
                    context.init(null, new TrustManager[] {authorities}, null);
                    return new Trust(context, authorities);
                }
            }
            throw refused(file, "this Java knows no X.509", null);
        } catch (IOException | GeneralSecurityException e) {
            throw refused(file, e.toString(), e);
        }
    }

    private static FaultException refused(Path file, String why, Exception cause) {
        return new FaultException(
                Fault.CONFIGURATION_INVALID,
                "the certificate " + file + " cannot be used (" + why
                        + "): name a PEM file by 'nsfl-ctl set config -c FILE', or 'none'",
                cause);
    }
}
