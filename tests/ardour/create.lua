-- ardour7-lua create.lua DIR NAME RATE ACTION [CHANNELS TRACK]...   makes a session, without a screen or a sound card
-- ACTION is Faderbot's own script that puts an ACE EQ on the tracks, or "-".
local dir, name, rate, action = arg[1], arg[2], tonumber(arg[3]), arg[4]
AudioEngine:set_backend("None (Dummy)", "", "")
local session = create_session(dir, name, rate)
assert(session, "no session")
local tracks = {}
for at = 5, #arg, 2 do
  local channels = tonumber(arg[at])
  local order, mode = ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal
  session:new_audio_track(channels, 2, nil, 1, arg[at + 1], order, mode, true)
  tracks[#tracks + 1] = arg[at + 1]
end

-- Another thread connects the tracks to the master. Saved too early they meter, and are missing from every render.
for _, track in ipairs(tracks) do
  local output, tries = session:route_by_name(track):output(), 0
  local function connected()
    return output:audio(0):connected_to("Master/audio_in 1") and output:audio(1):connected_to("Master/audio_in 2")
  end
  while not connected() and tries < 200 do sleep(0.05); tries = tries + 1 end
  assert(connected(), track .. " is not connected to the master")
end

if action ~= "-" then
  function ardour() end
  dofile(action)
  local add = factory()
  add()
  add() -- once more, to show that it adds none twice
end
session:save_state("")
session:close()
quit()
