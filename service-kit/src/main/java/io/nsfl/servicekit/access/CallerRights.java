package io.nsfl.servicekit.access;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * For controllers whose requests touch more than the namespace in their path: the same decision as for the path, about another one. To be
 * called on the request's own thread.
 */
public final class CallerRights {
    static final String CALLER = CallerRights.class.getName() + ".caller";

    /** @throws FaultException FORBIDDEN if the caller of the present request lacks this role there */
    public void require(String namespace, Role role) {
        Object caller =
                RequestContextHolder.currentRequestAttributes().getAttribute(CALLER, RequestAttributes.SCOPE_REQUEST);
        if (!(caller instanceof Caller known)) {
            throw new IllegalStateException("The request did not pass the access filter");
        }
        require(known, namespace, role);
    }

    static void require(Caller caller, String namespace, Role role) {
        if (caller.roleIn(namespace).filter(has -> has.includes(role)).isEmpty()) {
            throw new FaultException(
                    Fault.FORBIDDEN,
                    "This needs the role %s in namespace %s, which %s does not have: ask whoever owns the namespace."
                            .formatted(role.word(), Printable.of(namespace), Printable.of(caller.name())));
        }
    }
}
