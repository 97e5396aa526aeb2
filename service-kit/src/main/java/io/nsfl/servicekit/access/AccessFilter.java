package io.nsfl.servicekit.access;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.Headers;
import io.nsfl.servicekit.fault.FaultBody;
import io.nsfl.servicekit.security.InternalSecret;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The one door of a service's REST: finds out who calls, whether he may, lets him in or answers, and writes down changes. Stands before every
 * other filter.
 */
final class AccessFilter extends HttpFilter {
    private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";
    private static final Caller INTERNAL = Caller.trusted("internal");

    private final transient Login login;
    private final transient InternalSecret secret;
    private final transient Optional<NamespaceLookup> lookup;
    private final transient Audit audit;
    private final boolean needsCertificate;

    /** @param needsCertificate whether callers have to show one by TLS; the handshake has checked it */
    AccessFilter(
            Login login,
            InternalSecret secret,
            Optional<NamespaceLookup> lookup,
            Audit audit,
            boolean needsCertificate) {
        this.needsCertificate = needsCertificate;
        this.login = login;
        this.secret = secret;
        this.lookup = lookup;
        this.audit = audit;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Visit visit = new Visit(request, response);
        try {
            visit.admit();
        } catch (FaultException refusal) {
            answer(response, refusal);
            visit.record();
            return;
        }
        try {
            chain.doFilter(request, response);
        } catch (IOException | ServletException | RuntimeException failed) {
            visit.failed = true;
            throw failed;
        } finally {
            if (request.isAsyncStarted()) {
                request.getAsyncContext().addListener(visit);
            } else {
                visit.record();
            }
        }
    }

    private void answer(HttpServletResponse response, FaultException refusal) throws IOException {
        if (refusal.fault() == Fault.UNAUTHENTICATED) {
            response.setHeader("WWW-Authenticate", login.challenge());
        }
        refusal.retryAfter()
                .ifPresent(wait -> response.setHeader(
                        "Retry-After", Long.toString(wait.plusMillis(999).toSeconds())));
        response.setHeader("Cache-Control", "no-store");
        FaultBody.of(refusal).write(response, refusal.fault().httpStatus());
    }

    /** One request on its way through. */
    private final class Visit implements AsyncListener {
        private final HttpServletRequest request;
        private final HttpServletResponse response;
        private List<String> path = List.of();
        private String way;
        private String who = "-";
        private boolean heartbeat;
        private boolean failed;

        Visit(HttpServletRequest request, HttpServletResponse response) {
            this.request = request;
            this.response = response;
            this.way = login.word();
        }

        void admit() {
            path = RequestPath.of(request);
            Requirement need = Requirement.of(request.getMethod(), path);
            if (need instanceof Requirement.Nothing) {
                return;
            }
            if (needsCertificate && request.getAttribute(CERTIFICATES) == null) {
                throw new FaultException(
                        Fault.FORBIDDEN,
                        "This service wants to see a certificate of its authority (nsfl.tls.client-auth=need): connect with one,"
                                + " or through the platform's front.");
            }
            Caller caller = caller(need);
            who = caller.name();
            request.setAttribute(CallerRights.CALLER, caller);
            authorise(caller, need);
        }

        private Caller caller(Requirement need) {
            String presented = request.getHeader(Headers.INTERNAL);
            boolean internal = secret.matches(presented);
            if (internal) {
                way = "internal";
                heartbeat = need instanceof Requirement.Internal;
                return INTERNAL;
            }
            if (presented != null || need instanceof Requirement.Internal) {
                throw new FaultException(
                        Fault.UNAUTHENTICATED,
                        "This is for the platform's own services: header " + Headers.INTERNAL
                                + " must carry the internal secret.");
            }
            return login.authenticate(Optional.ofNullable(request.getHeader("Authorization")), request.getRemoteAddr());
        }

        private void authorise(Caller caller, Requirement need) {
            switch (need) {
                case Requirement.Nothing _, Requirement.Internal _ -> {}
                case Requirement.InNamespace(String namespace, Role role) ->
                    CallerRights.require(caller, namespace, role);
                case Requirement.OfModel(Role role)
                when lookup.isPresent() ->
                    // Whoever asks for a model that is not there is told so by the service.
                    modelId()
                            .flatMap(lookup.get()::ofModel)
                            .ifPresent(namespace -> CallerRights.require(caller, namespace, role));
                case Requirement.OfModel(Role role) -> everywhere(caller, role);
                case Requirement.Everywhere(Role role) -> everywhere(caller, role);
            }
        }

        /** Two of them could be read in two ways. */
        private Optional<String> modelId() {
            String[] ids = request.getParameterValues("model_id");
            if (ids != null && ids.length > 1) {
                throw new FaultException(Fault.REQUEST_INVALID, "The parameter model_id is there more than once.");
            }
            return ids == null ? Optional.empty() : Optional.of(ids[0]);
        }

        private void everywhere(Caller caller, Role role) {
            if (caller.roleEverywhere().filter(has -> has.includes(role)).isEmpty()) {
                throw new FaultException(
                        Fault.FORBIDDEN,
                        "This path needs the role %s for all namespaces, which %s does not have."
                                .formatted(role.word(), Printable.of(caller.name())));
            }
        }

        void record() {
            if (!heartbeat && !Requirement.READS.contains(request.getMethod())) {
                audit.record(request, way, who, path, failed ? 500 : response.getStatus());
            }
        }

        @Override
        public void onComplete(AsyncEvent event) {
            record();
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            failed = true;
        }

        @Override
        public void onError(AsyncEvent event) {
            failed = true;
        }

        /** A new cycle forgets its listeners. */
        @Override
        public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this);
        }
    }
}
