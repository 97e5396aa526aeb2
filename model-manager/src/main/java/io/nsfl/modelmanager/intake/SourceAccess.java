package io.nsfl.modelmanager.intake;

/** Decides whether the caller of the present request may read from the namespace that he wants a model copied from. */
@FunctionalInterface
public interface SourceAccess {
    /** @throws io.nsfl.protocol.fault.FaultException FORBIDDEN */
    void requireReadable(String namespace);
}
