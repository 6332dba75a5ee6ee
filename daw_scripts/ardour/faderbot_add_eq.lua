ardour {
  ["type"] = "EditorAction",
  name = "Faderbot: Add EQ",
  license = "MIT",
  author = "Faderbot",
  description = [[
Adds an ACE EQ before the fader of every selected audio track, of all where none is selected, for Faderbot to set.
A track whose last ACE EQ is flat, or was set by Faderbot, gets no other.]]
}

function factory()
  return function()
    local uri = "urn:ardour:a-eq"
    -- Parameters of ACE EQ, counted from 0: all gains, and the frequencies of the two bells that Faderbot sets.
    local gains = { 1, 3, 6, 9, 12, 15, 16 }
    local bells = { [2] = 350, [5] = 2500 }

    local function is_eq(processor)
      local insert = processor:to_insert()
      return not insert:isnil() and insert:plugin(0):unique_id() == uri
    end

    local function value(processor, parameter)
      return (ARDOUR.LuaAPI.get_processor_param(processor, parameter, true))
    end

    local function is_flat(eq)
      for _, parameter in ipairs(gains) do
        if math.abs(value(eq, parameter)) >= 0.005 then return false end
      end
      return true
    end

    local function is_ours(eq)
      for parameter, freq_hz in pairs(bells) do
        if math.abs(value(eq, parameter) - freq_hz) > 0.5 then return false end
      end
      return true
    end

    local function last_eq(track)
      local found, number = nil, 0
      while true do
        local plugin = track:nth_plugin(number)
        if plugin:isnil() then return found end
        if is_eq(plugin) then found = plugin end
        number = number + 1
      end
    end

    -- Places are counted over the processors that the mixer shows.
    local function place_of_fader(track)
      local fader, place, number = track:amp():display_name(), 0, 0
      while true do
        local processor = track:nth_processor(number)
        if processor:isnil() or processor:display_name() == fader then return place end
        if processor:display_to_user() then place = place + 1 end
        number = number + 1
      end
    end

    local function add_to(route)
      local track = route:to_track()
      if track:isnil() or track:to_audio_track():isnil() then return end
      local there = last_eq(track)
      if there and there:active() and (is_flat(there) or is_ours(there)) then return end
      local eq = ARDOUR.LuaAPI.new_plugin(Session, uri, ARDOUR.PluginType.LV2, "")
      assert(not eq:isnil(), "ACE EQ is not installed: Debian has it in the package ardour-lv2-plugins")
      track:add_processor_by_index(eq, place_of_fader(track), nil, true)
    end

    local chosen = Editor and Editor:get_selection().tracks:routelist()
    if not chosen or chosen:empty() then chosen = Session:get_tracks() end
    for route in chosen:iter() do add_to(route) end
  end
end
