package io.nsfl.ctl.config;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/**
 * Where the servers are and who asks.
 *
 * @param apiServer {@code host:port} or a full URL
 * @param dataServer the same, of the S3 endpoint
 * @param certificate path of a CA bundle for https
 * @param user name at both servers
 * @param password its secret; never printed
 * @param token a bearer token for the API server, in place of user and password; never printed
 */
public record CtlConfig(
        Optional<String> apiServer,
        Optional<String> dataServer,
        Optional<String> certificate,
        Optional<String> user,
        Optional<String> password,
        Optional<String> token) {
    /** Nothing set. */
    public static CtlConfig empty() {
        return new CtlConfig(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** These values, and the other's where these are absent. */
    public CtlConfig orElse(CtlConfig other) {
        return new CtlConfig(
                apiServer.or(other::apiServer),
                dataServer.or(other::dataServer),
                certificate.or(other::certificate),
                user.or(other::user),
                password.or(other::password),
                token.or(other::token));
    }

    /** @throws FaultException CONFIGURATION_INVALID if it is not set or not an address */
    public URI apiServerUri() {
        return uri(apiServer, "api_server", "-s");
    }

    /** @throws FaultException CONFIGURATION_INVALID if it is not set or not an address */
    public URI dataServerUri() {
        return uri(dataServer, "data_server", "-d");
    }

    /** Whether files can go to the data server at all. */
    public boolean hasDataServer() {
        return dataServer.isPresent() && user.isPresent() && password.isPresent();
    }

    public String requiredUser() {
        return user.orElseThrow(() -> unset("user", "-u USER"));
    }

    public String requiredPassword() {
        return password.orElseThrow(() -> unset("password", "-p"));
    }

    private static URI uri(Optional<String> address, String key, String flag) {
        String text = address.orElseThrow(() -> unset(key, flag + " HOST:PORT"));
        String full = text.contains("://") ? text : "http://" + text;
        try {
            URI uri = new URI(full.endsWith("/") ? full.substring(0, full.length() - 1) : full);
            if (uri.getHost() != null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Told below with what is expected.
        }
        throw new FaultException(
                Fault.CONFIGURATION_INVALID,
                key + " is " + text
                        + ", which is not an address: set it as HOST:PORT or http://HOST:PORT by 'nsfl-ctl set config "
                        + flag + " HOST:PORT'");
    }

    private static FaultException unset(String key, String flag) {
        return new FaultException(
                Fault.CONFIGURATION_INVALID, key + " is not set: set it by 'nsfl-ctl set config " + flag + "'");
    }
}
