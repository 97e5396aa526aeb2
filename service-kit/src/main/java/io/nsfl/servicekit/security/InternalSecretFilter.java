package io.nsfl.servicekit.security;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.Headers;
import io.nsfl.servicekit.fault.FaultBody;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Lets requests in only with the internal secret in header {@code nsfl-internal}. Registered for the internal paths with a
 * {@code FilterRegistrationBean}: {@code registration.addUrlPatterns("/api/v1/heartbeat")}.
 */
public final class InternalSecretFilter extends HttpFilter {
    private final transient InternalSecret secret;

    public InternalSecretFilter(InternalSecret secret) {
        this.secret = secret;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (secret.matches(request.getHeader(Headers.INTERNAL))) {
            chain.doFilter(request, response);
            return;
        }
        FaultBody.of(new FaultException(
                        Fault.UNAUTHENTICATED,
                        "This path is for the platform's own services: header " + Headers.INTERNAL
                                + " must carry the internal secret."))
                .write(response, Fault.UNAUTHENTICATED.httpStatus());
    }
}
