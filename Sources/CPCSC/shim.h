#include <stddef.h>
#include <winscard.h>

/// SCARD_PCI_T0 and SCARD_PCI_T1 are macros of addresses, which Swift cannot import.
static inline LONG cpcsc_transmit(
    SCARDHANDLE card, DWORD protocol, const unsigned char *command, DWORD count, unsigned char *answer, DWORD *answer_count) {
    const SCARD_IO_REQUEST *request = protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
    return SCardTransmit(card, request, command, count, NULL, answer, answer_count);
}

/// These are macros with a cast to a type, which Swift cannot import.
enum cpcsc_code {
    cpcsc_cancelled = SCARD_E_CANCELLED,
    cpcsc_insufficient_buffer = SCARD_E_INSUFFICIENT_BUFFER,
    cpcsc_unknown_reader = SCARD_E_UNKNOWN_READER,
    cpcsc_timeout = SCARD_E_TIMEOUT,
    cpcsc_sharing_violation = SCARD_E_SHARING_VIOLATION,
    cpcsc_no_smart_card = SCARD_E_NO_SMARTCARD,
    cpcsc_protocol_mismatch = SCARD_E_PROTO_MISMATCH,
    cpcsc_not_transacted = SCARD_E_NOT_TRANSACTED,
    cpcsc_reader_unavailable = SCARD_E_READER_UNAVAILABLE,
    cpcsc_no_service = SCARD_E_NO_SERVICE,
    cpcsc_service_stopped = SCARD_E_SERVICE_STOPPED,
    cpcsc_no_readers = SCARD_E_NO_READERS_AVAILABLE,
    cpcsc_unsupported_card = SCARD_W_UNSUPPORTED_CARD,
    cpcsc_unresponsive_card = SCARD_W_UNRESPONSIVE_CARD,
    cpcsc_unpowered_card = SCARD_W_UNPOWERED_CARD,
    cpcsc_reset_card = SCARD_W_RESET_CARD,
    cpcsc_removed_card = SCARD_W_REMOVED_CARD,
    cpcsc_security_violation = SCARD_W_SECURITY_VIOLATION,
    cpcsc_communication = SCARD_F_COMM_ERROR,
};
