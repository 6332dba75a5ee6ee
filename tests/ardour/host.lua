-- ardour7-lua -i host.lua DIR NAME   loads a session and keeps it running; Lua lines on standard input act on it
AudioEngine:set_backend("None (Dummy)", "", "")
S = load_session(arg[1], arg[2])
assert(S, "no session")
print("READY " .. S:name())
io.stdout:flush()
