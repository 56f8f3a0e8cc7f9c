#pragma once
/// Keys made by ssh-keygen for tests and nothing else.

namespace hive::testing {

inline constexpr const char* ssh_key = R"(-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACBTVC9W9GQ6b0prR1TUUoUI7gp/oSHF7lywBzXTw3n3HAAAAJD1c/pK9XP6
SgAAAAtzc2gtZWQyNTUxOQAAACBTVC9W9GQ6b0prR1TUUoUI7gp/oSHF7lywBzXTw3n3HA
AAAED0z7HVZPij8PmEspsmYZ0d/J9K3gRddKSflQMLgXghrVNUL1b0ZDpvSmtHVNRShQju
Cn+hIcXuXLAHNdPDefccAAAACWhpdmUtdGVzdAECAwQ=
-----END OPENSSH PRIVATE KEY-----
)";
inline constexpr const char* ssh_public =
    "AAAAC3NzaC1lZDI1NTE5AAAAIFNUL1b0ZDpvSmtHVNRShQjuCn+hIcXuXLAHNdPDefcc";

/// The beginning of one with a passphrase.
inline constexpr const char* locked_ssh_key = R"(-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABCW1uqU8N
GeC9gTrzAdD75PAAAAEAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAINqrAEe/nJyOnVTi
-----END OPENSSH PRIVATE KEY-----
)";

} // namespace hive::testing
