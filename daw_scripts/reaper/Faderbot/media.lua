-- @noindex

-- Which files of a project are not there: REAPER plays silence in their place.

local media = {}

-- Returns "Bass (bass.wav)" for each track and file that is missing, from a survey. ``tick`` bounds the turn.
function media.missing(found, tick)
  local names, is_there = {}, {}
  for _, track in ipairs(found.tracks) do
    local is_named = {}
    for _, item in ipairs(track.items) do
      local path = item.source_path or ''
      if is_there[path] == nil then
        is_there[path] = path == '' or reaper.file_exists(path)
        tick.pause()
      end
      if not is_there[path] and not is_named[path] and not item.muted then
        is_named[path] = true
        names[#names + 1] = ('%s (%s)'):format(track.name, path:match('[^/\\]*$'))
      end
    end
  end
  return names
end

return media
