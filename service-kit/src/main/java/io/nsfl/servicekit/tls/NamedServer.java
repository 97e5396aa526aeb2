package io.nsfl.servicekit.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.X509ExtendedTrustManager;

/** Expects one name in every server's certificate, whichever host was dialled; for clients that offer no such choice themselves. */
final class NamedServer extends X509ExtendedTrustManager {
    private static final int DNS = 2;
    private static final int ADDRESS = 7;

    private final X509ExtendedTrustManager chains;
    private final String name;

    /** @param chains checks who vouches for a certificate, and leaves names alone */
    NamedServer(X509ExtendedTrustManager chains, String name) {
        this.chains = chains;
        this.name = name;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine) throws CertificateException {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("");
        engine.setSSLParameters(parameters);
        chains.checkServerTrusted(chain, kind, engine);
        if (!carries(chain[0], name)) {
            throw new CertificateException("The server's certificate is not for the name " + name);
        }
    }

    static boolean carries(X509Certificate certificate, String name) throws CertificateParsingException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        return names != null
                && names.stream().anyMatch(each -> switch ((int) each.getFirst()) {
                    case DNS -> matches(String.valueOf(each.get(1)), name);
                    case ADDRESS -> String.valueOf(each.get(1)).equals(name);
                    default -> false;
                });
    }

    /** A star stands for one label, the first. */
    private static boolean matches(String pattern, String name) {
        String given = pattern.toLowerCase(Locale.ROOT);
        String wanted = name.toLowerCase(Locale.ROOT);
        int dot = wanted.indexOf('.');
        return given.equals(wanted)
                || (given.startsWith("*.") && dot > 0 && given.substring(1).equals(wanted.substring(dot)));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket) throws CertificateException {
        throw unknown();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind) throws CertificateException {
        throw unknown();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine) throws CertificateException {
        chains.checkClientTrusted(chain, kind, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket) throws CertificateException {
        throw unknown();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind) throws CertificateException {
        throw unknown();
    }

    private static CertificateException unknown() {
        return new CertificateException("A name can only be checked for a connection");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return chains.getAcceptedIssuers();
    }
}
